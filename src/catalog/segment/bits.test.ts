import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createBits, hasBit, nextUnset, setBit } from './bits.ts';

it('nextUnset finds the first place without its bit, within the range', () => {
  const places = fc.uniqueArray(fc.nat({ max: 129 }), { maxLength: 130 });
  fc.assert(
    fc.property(places, fc.nat({ max: 130 }), fc.nat({ max: 130 }), (set, from, end) => {
      const bits = createBits(130);
      for (const place of set) setBit(bits, place);
      let expected = from;
      while (expected < end && hasBit(bits, expected)) expected += 1;
      assert.equal(nextUnset(bits, from, end), from < end ? expected : end);
    }),
  );
});
