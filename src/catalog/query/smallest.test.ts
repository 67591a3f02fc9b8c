import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { smallest } from './smallest.ts';

describe('smallest', () => {
  it('gives the first of all in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 })), fc.integer({ min: 1, max: 20 }), (numbers, count) => {
        const ascending = (a: number, b: number): number => a - b;
        assert.deepEqual(smallest(numbers, count, ascending), numbers.toSorted(ascending).slice(0, count));
      }),
    );
  });
});
