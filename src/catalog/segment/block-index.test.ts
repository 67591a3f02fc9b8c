import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBlockIndex } from './block-index.ts';

describe('block index', () => {
  it('finds the last part that begins at or before a number', () => {
    const sizes = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 400 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, (some) => {
        const starts: number[] = [];
        let end = 0;
        for (const size of some) {
          starts.push(end);
          end += size;
        }
        const partOf = createBlockIndex(Uint32Array.from(starts), end);
        for (let number = 0; number < end; number += 1) {
          assert.equal(
            partOf(number),
            starts.findLastIndex((start) => start <= number),
          );
        }
      }),
    );
  });
});
