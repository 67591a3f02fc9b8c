import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { clearBit, firstCommonBit, hasBit, setBit } from './bitfield.ts';

it('a bit that is set is there until it is cleared, and its neighbours stay', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(), (bitfield, number) => {
      const index = number % (bitfield.length * 8);
      const bits = Array.from({ length: bitfield.length * 8 }, (_, at) => hasBit(bitfield, at));
      setBit(bitfield, index);
      assert.ok(hasBit(bitfield, index));
      clearBit(bitfield, index);
      bits[index] = false;
      assert.deepEqual(
        bits.map((_, at) => hasBit(bitfield, at)),
        bits,
      );
    }),
  );
});

it('what two bitfields have in common is looked at in order, from a place on, and so many at most', () => {
  const bytes = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(bytes, bytes, fc.nat(100), fc.integer({ min: 1, max: 20 }), (one, other, from, most) => {
      const both = Array.from({ length: 100 }, (_, index) => index).filter(
        (index) => index >= from && hasBit(one, index) && hasBit(other, index),
      );
      const seen: number[] = [];
      const none = firstCommonBit(one, other, { from, most }, (index) => {
        seen.push(index);
        return false;
      });
      assert.equal(none, undefined);
      assert.deepEqual(seen, both.slice(0, most));
      const last = both[Math.min(most, both.length) - 1];
      assert.equal(
        firstCommonBit(one, other, { from, most }, (index) => index === last),
        last,
      );
    }),
  );
});
