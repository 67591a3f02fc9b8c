import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createByteBudget } from './byte-budget.ts';

const member = (bytes: number) => ({ bytes, address: '10.0.0.1', isStranger: false });
const stranger = (bytes: number, address = '10.0.0.9') => ({ bytes, address, isStranger: true });

describe('byte budget', () => {
  it('bounds what all hold together, and takes back what is released', () => {
    const budget = createByteBudget(100);
    const [one, other] = [{}, {}];
    assert.ok(budget.hold(one, member(60)));
    assert.ok(!budget.hold(other, member(41)));
    assert.ok(budget.hold(other, member(40)));
    assert.ok(!budget.hold(other, member(41)), 'what was held before is kept');
    budget.release(one);
    assert.ok(budget.hold(other, member(100)));
  });

  it('keeps half for those who are logged in, however many strangers there are', () => {
    const budget = createByteBudget(100);
    assert.ok(budget.hold({}, stranger(25, 'a')));
    assert.ok(budget.hold({}, stranger(25, 'b')));
    assert.ok(!budget.hold({}, stranger(1, 'c')));
    assert.ok(budget.hold({}, member(50)));
  });

  it('gives the strangers of one address a quarter', () => {
    const budget = createByteBudget(100);
    assert.ok(budget.hold({}, stranger(20, 'a')));
    assert.ok(!budget.hold({}, stranger(6, 'a')));
    assert.ok(budget.hold({}, stranger(6, 'b')));
  });

  it('always lets a holder shrink', () => {
    const budget = createByteBudget(100);
    const holder = {};
    budget.hold(holder, member(90));
    assert.ok(budget.hold(holder, stranger(80)), 'shrinking is never refused');
    assert.ok(budget.hold(holder, member(0)));
    assert.ok(budget.hold({}, member(100)));
  });
});
