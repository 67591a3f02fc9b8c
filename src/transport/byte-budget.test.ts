import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createByteBudget, type Holding } from './byte-budget.ts';

const member = (bytes: number): Holding => ({ bytes, network: '10.0.0.1', isStranger: false });
const stranger = (bytes: number, network = '10.0.0.9'): Holding => ({ bytes, network, isStranger: true });

/** A budget, and holders that note when they may go on. */
function setUp(bytesMax: number, requestBytesMax?: number) {
  const budget = createByteBudget(bytesMax, requestBytesMax);
  const wentOn: string[] = [];
  const holders = new Map<string, { readonly name: string }>();
  const holderOf = (name: string): { readonly name: string } => {
    const known = holders.get(name) ?? { name };
    holders.set(name, known);
    return known;
  };
  return {
    wentOn,
    hold: (name: string, holding: Holding): boolean =>
      budget.hold(holderOf(name), holding, () => {
        wentOn.push(name);
      }),
    release: (name: string) => {
      budget.release(holderOf(name));
    },
  };
}

describe('byte budget', () => {
  it('bounds what all hold together, and lets those go on who waited when there is room', () => {
    const { hold, release, wentOn } = setUp(100);
    assert.ok(hold('one', member(60)));
    assert.ok(hold('other', member(40)));
    assert.ok(!hold('other', member(41)));
    assert.deepEqual(wentOn, []);
    release('one');
    assert.deepEqual(wentOn, ['other']);
    assert.ok(hold('other', member(100)));
  });

  it('counts what those hold who wait, and lets them go on in their order', () => {
    const { hold, wentOn } = setUp(100);
    assert.ok(hold('busy', member(90)));
    assert.ok(!hold('first', member(20)));
    assert.ok(!hold('second', member(20)));
    assert.ok(hold('busy', member(70)), 'who shrinks never waits for others');
    assert.deepEqual(wentOn, []);
    assert.ok(hold('busy', member(60)));
    assert.deepEqual(wentOn, ['first', 'second']);
  });

  it('lets one go on beyond the bound where all wait for each other', () => {
    const { hold, wentOn } = setUp(100);
    assert.ok(hold('one', member(60)));
    assert.ok(!hold('other', member(60)));
    assert.ok(!hold('third', member(10)));
    assert.ok(!hold('one', member(61)) || wentOn.length > 0);
    assert.deepEqual(wentOn, ['other'], 'the one that waits longest');
    assert.ok(hold('other', member(90)), 'as far as it needs');
    assert.ok(!hold('third', member(11)), 'but no second one');
    assert.ok(hold('other', member(0)));
    assert.deepEqual(wentOn, ['other', 'third', 'one']);
  });

  it('keeps half for those who are logged in, however many strangers there are', () => {
    const { hold } = setUp(100);
    assert.ok(hold('one', stranger(25, 'a')));
    assert.ok(hold('two', stranger(25, 'b')));
    assert.ok(!hold('three', stranger(1, 'c')));
    assert.ok(hold('member', member(49)));
  });

  it('gives the strangers of one network a quarter', () => {
    const { hold } = setUp(100);
    assert.ok(hold('one', stranger(20, 'a')));
    assert.ok(!hold('two', stranger(6, 'a')));
    assert.ok(hold('three', stranger(6, 'b')));
  });

  it('has room for a stranger’s largest request while others hold some, and for no second one', () => {
    for (const requestBytesMax of [40, 60]) {
      const { hold } = setUp(100, requestBytesMax);
      assert.ok(hold('member', member(100 - requestBytesMax)));
      assert.ok(hold('one', stranger(requestBytesMax, 'a')));
      assert.ok(hold('member', member(1)));
      assert.ok(!hold('two', stranger(1, 'a')));
    }
  });
});
