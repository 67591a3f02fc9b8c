import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGate, type Entrant } from './gate.ts';

const NEVER = new AbortController().signal;
const BOUNDS = { places: 2, slowPlaces: 4, readPlaces: 1 };

function entrant(known: Partial<Entrant> = {}): Entrant {
  return { isRead: () => false, isSlow: () => false, onWait: () => undefined, ...known };
}

/** Work that is named when it begins, and goes on until it is ended. */
function createWork() {
  const entered: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    entered.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { entered, work, end };
}

describe('a gate', () => {
  it('lets in so many at a time, the others in their order, and tells these that they wait', async () => {
    const gate = createGate(BOUNDS);
    const { entered, work, end } = createWork();
    const told: string[] = [];
    for (const name of 'abcd') void gate.run(entrant({ onWait: () => told.push(name) }), work(name), NEVER);
    await new Promise(setImmediate);
    assert.deepEqual(entered, ['a', 'b']);
    assert.deepEqual(told, ['c', 'd']);
    assert.ok(gate.isWanted());
    for (const name of 'abcd') await end(name);
    assert.deepEqual(entered, ['a', 'b', 'c', 'd']);
    assert.ok(!gate.isWanted());
  });

  it('frees the place of work that fails, and forgets who gave up', async () => {
    const gate = createGate({ ...BOUNDS, places: 1 });
    const stop = new AbortController();
    const held = Promise.withResolvers<undefined>();
    const first = gate.run(entrant(), () => held.promise, NEVER);
    const second = gate.run(entrant(), () => Promise.resolve('never'), stop.signal);
    const third = gate.run(entrant(), () => Promise.resolve('third'), NEVER);
    stop.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    held.reject(new Error('broken'));
    await assert.rejects(first, /broken/);
    assert.equal(await third, 'third');
  });

  it('lets others in beside those that are slow, up to a bound, as soon as it is seen', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const gate = createGate(BOUNDS);
    const { entered, work, end } = createWork();
    const slow = new Set<string>();
    for (const name of 'abcdefg') void gate.run(entrant({ isSlow: () => slow.has(name) }), work(name), NEVER);
    const look = async (): Promise<string> => {
      t.mock.timers.tick(1_000);
      await new Promise(setImmediate);
      return entered.join('');
    };
    assert.equal(await look(), 'ab');
    slow.add('a');
    assert.equal(await look(), 'abc');
    slow.add('b').add('c');
    assert.equal(await look(), 'abcd');
    slow.add('d');
    assert.equal(await look(), 'abcd', 'there are no more places');
    await end('a');
    assert.equal(await look(), 'abcde');
    slow.clear();
    await end('b');
    await end('c');
    assert.equal(await look(), 'abcde', 'two are quick now');
    await end('d');
    assert.equal(await look(), 'abcdef');
  });

  it('has places beside the others for what is read, also when that begins while it waits', async () => {
    const gate = createGate(BOUNDS);
    const { entered, work, end } = createWork();
    const read = new Set<string>();
    for (const name of 'abcdef') void gate.run(entrant({ isRead: () => read.has(name) }), work(name), NEVER);
    await new Promise(setImmediate);
    read.add('e').add('f');
    gate.review();
    await new Promise(setImmediate);
    assert.deepEqual(entered, ['a', 'b', 'e'], 'one has the place for what is read');
    await end('a');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c'], 'nor does it take a place of theirs');
    await end('e');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c', 'f']);
    read.clear();
    await end('f');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c', 'f']);
    await end('b');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c', 'f', 'd']);
  });
});
