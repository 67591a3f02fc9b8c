import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BLOCK_BYTES,
  PIECE_BYTES_MAX,
  PIECE_BYTES_MIN,
  pieceBytesFor,
  pieceCount,
  pieceLeafCount,
  pieceRange,
} from './pieces.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

test('the piece size doubles whenever a file would have more than 2048 pieces', () => {
  const sizes: [sizeBytes: number, pieceBytes: number][] = [
    [0, 64 * KIB],
    [1, 64 * KIB],
    [128 * MIB, 64 * KIB],
    [128 * MIB + 1, 128 * KIB],
    [2 * GIB, MIB],
    [2 * GIB + 1, 2 * MIB],
    [32 * GIB, 16 * MIB],
    [32 * GIB + 1, 16 * MIB],
    [Number.MAX_SAFE_INTEGER, 16 * MIB],
  ];
  for (const [sizeBytes, pieceBytes] of sizes) assert.equal(pieceBytesFor(sizeBytes), pieceBytes, `${sizeBytes} bytes`);
});

test('the piece size is the smallest power of two that the rule allows', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (sizeBytes) => {
      const pieceBytes = pieceBytesFor(sizeBytes);
      assert.ok(Number.isInteger(Math.log2(pieceBytes)));
      assert.ok(pieceBytes >= PIECE_BYTES_MIN && pieceBytes <= PIECE_BYTES_MAX);
      assert.ok(pieceBytes === PIECE_BYTES_MAX || sizeBytes / pieceBytes <= 2048);
      assert.ok(pieceBytes === PIECE_BYTES_MIN || sizeBytes / (pieceBytes / 2) > 2048);
    }),
  );
});

test('the pieces lie one after the other and make up the file', () => {
  fc.assert(
    fc.property(fc.nat(40 * MIB), fc.integer({ min: 14, max: 24 }), (sizeBytes, exponent) => {
      const pieceBytes = 2 ** exponent;
      let end = 0;
      for (let index = 0; index < pieceCount(sizeBytes, pieceBytes); index += 1) {
        const { offset, length } = pieceRange(index, sizeBytes, pieceBytes);
        assert.equal(offset, end);
        assert.ok(length > 0 && length <= pieceBytes);
        end = offset + length;
      }
      assert.equal(end, sizeBytes);
    }),
  );
});

test('there is no piece before the first or after the last', () => {
  for (const index of [-1, 0.5, 2, Number.NaN]) assert.throws(() => pieceRange(index, 131_072, 65_536), RangeError);
  assert.throws(() => pieceRange(0, 0, 65_536), RangeError);
});

test('the tree over a piece is full, unless the whole file fits into it', () => {
  assert.equal(pieceLeafCount(1, 65_536), 1);
  assert.equal(pieceLeafCount(2 * BLOCK_BYTES + 1, 65_536), 4);
  assert.equal(pieceLeafCount(65_536, 65_536), 4);
  assert.equal(pieceLeafCount(5 * 65_536 + 1, 65_536), 4);
  assert.equal(pieceLeafCount(GIB, 16 * MIB), 1024);
});
