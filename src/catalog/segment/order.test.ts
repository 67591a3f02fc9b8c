import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupPlaces, orderOf } from './order.ts';

/** Numbers without a pattern, some of them alike, the same each time. */
function someNumbers(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, at) => Math.imul((at * 7) % (count - 1), 0x9e37_79b1) >>> 0);
}

describe('orderOf', () => {
  for (const count of [3, 100, 1_000, 70_000, 200_000]) {
    it(`orders ${count} numbers, equal ones by their places`, () => {
      const numbers = someNumbers(count);
      const expected = Array.from(numbers.keys()).sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b);
      assert.deepEqual([...orderOf(numbers)], expected);
    });
  }
});

describe('groupPlaces', () => {
  const groupOf = Uint32Array.of(2, 0, 2, 9, 0);

  it('puts places together, and leaves out those of no group', () => {
    const { starts, places } = groupPlaces(groupOf, 3);
    assert.deepEqual([...starts], [0, 2, 2, 4]);
    assert.deepEqual([...places], [1, 4, 0, 2]);
  });

  it('keeps an order that is given', () => {
    assert.deepEqual([...groupPlaces(groupOf, 3, Uint32Array.of(4, 3, 2, 1, 0)).places], [4, 1, 2, 0]);
  });
});
