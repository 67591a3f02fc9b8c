import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createMerkleHasher } from '../../../domain/merkle.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import type { Content } from '../content.ts';
import { createPieceChecker } from './piece-checker.ts';

const PIECE_BYTES = 65_536;
const BLOCK_BYTES = 16_384;

function make(sizeBytes: number): { bytes: Buffer; content: Content; layer: Uint8Array } {
  const bytes = randomFillSync(Buffer.alloc(sizeBytes));
  const hasher = createMerkleHasher(PIECE_BYTES);
  hasher.update(bytes);
  return { bytes, content: { sha1: '', sizeBytes, pieceBytes: PIECE_BYTES }, layer: hasher.digest().layer };
}

const sizes = fc.integer({ min: 1, max: 10 * PIECE_BYTES });
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });

describe('a piece checker', () => {
  it('tells of each piece that it is right, however it is cut', () => {
    const check = (sizeBytes: number, blocks: number[]): void => {
      const { bytes, content, layer } = make(sizeBytes);
      const checker = createPieceChecker(content, layer);
      const verdicts = [];
      for (let at = 0, step = 0; at < sizeBytes; step += 1) {
        const part = bytes.subarray(at, at + (blocks[step % blocks.length] ?? 1) * BLOCK_BYTES);
        verdicts.push(...checker.take(at, part));
        at += part.length;
      }
      const expected = Array.from({ length: pieceCount(sizeBytes, PIECE_BYTES) }, (_, index) => ({
        index,
        isGood: true,
      }));
      assert.deepEqual(verdicts, expected);
    };
    fc.assert(fc.property(sizes, cuts, check), { numRuns: 50 });
  });

  it('finds the piece in which one bit is wrong, and takes it when it comes again', () => {
    const check = (sizeBytes: number, place: number): void => {
      const { bytes, content, layer } = make(sizeBytes);
      const checker = createPieceChecker(content, layer);
      const wrong = Buffer.from(bytes);
      const at = place % sizeBytes;
      wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
      const bad = Math.floor(at / PIECE_BYTES);
      const verdicts = checker.take(0, wrong);
      assert.deepEqual(
        verdicts.filter(({ isGood }) => !isGood).map(({ index }) => index),
        [bad],
      );
      const again = bytes.subarray(bad * PIECE_BYTES, (bad + 1) * PIECE_BYTES);
      assert.deepEqual(checker.take(bad * PIECE_BYTES, again), [{ index: bad, isGood: true }]);
    };
    fc.assert(fc.property(sizes, fc.nat(), check), { numRuns: 50 });
  });

  it('forgets a piece that was broken off when it begins anew', () => {
    const { bytes, content, layer } = make(PIECE_BYTES);
    const checker = createPieceChecker(content, layer);
    checker.take(0, Buffer.alloc(BLOCK_BYTES));
    assert.deepEqual(checker.take(0, bytes), [{ index: 0, isGood: true }]);
    assert.throws(() => checker.take(BLOCK_BYTES, bytes.subarray(BLOCK_BYTES)), RangeError);
  });

  it('takes every piece for right where there is nothing to compare with', () => {
    const { bytes, content } = make(PIECE_BYTES + 1);
    const checker = createPieceChecker(content, undefined);
    assert.deepEqual(checker.take(0, bytes.subarray(0, 10)), []);
    assert.deepEqual(checker.take(10, bytes.subarray(10)), [
      { index: 0, isGood: true },
      { index: 1, isGood: true },
    ]);
  });
});
