import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { setBit } from '../../../domain/bitfield.ts';
import { createMerkleHasher } from '../../../domain/merkle.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import type { Content } from '../content.ts';
import type { PieceVerdict } from './operations.ts';
import { createPieceChecker, type PieceChecker } from './piece-checker.ts';

const PIECE_BYTES = 65_536;
const BLOCK_BYTES = 16_384;
const [ADA, EVE, BOB] = [1, 2, 3];

function make(sizeBytes: number): { bytes: Buffer; content: Content; layer: Uint8Array } {
  const bytes = randomFillSync(Buffer.alloc(sizeBytes));
  const hasher = createMerkleHasher(PIECE_BYTES);
  hasher.update(bytes);
  return { bytes, content: { sha1: '', sizeBytes, pieceBytes: PIECE_BYTES }, layer: hasher.digest().layer };
}

function flipped(bytes: Buffer, at: number): Buffer {
  const wrong = Buffer.from(bytes);
  wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
  return wrong;
}

const sizes = fc.integer({ min: 1, max: 10 * PIECE_BYTES });
const good = (index: number, liars: number[] = []): PieceVerdict => ({ index, isGood: true, liars });
const bad = (index: number, liars: number[] = []): PieceVerdict => ({ index, isGood: false, liars });

/** Gives a checker one block. */
function give(checker: PieceChecker, bytes: Buffer, block: number, sender: number): readonly PieceVerdict[] {
  const at = block * BLOCK_BYTES;
  return checker.take(at, bytes.subarray(at, at + BLOCK_BYTES), sender).verdicts;
}

describe('a piece checker', () => {
  it('tells of each piece that it is right, in whatever order and from whomever its blocks come', () => {
    const check = (sizeBytes: number, order: number[]): void => {
      const { bytes, content, layer } = make(sizeBytes);
      const checker = createPieceChecker(content, layer);
      const blocks = Array.from({ length: Math.ceil(sizeBytes / BLOCK_BYTES) }, (_, block) => block);
      const weight = (block: number): number => order[block % order.length] ?? 0;
      const shuffled = blocks.toSorted((one, other) => weight(one) - weight(other));
      const verdicts = shuffled.flatMap((block, step) => give(checker, bytes, block, 1 + (step % 3)));
      const expected = Array.from({ length: pieceCount(sizeBytes, PIECE_BYTES) }, (_, index) => good(index));
      assert.deepEqual(
        verdicts.toSorted((one, other) => one.index - other.index),
        expected,
      );
    };
    fc.assert(fc.property(sizes, fc.array(fc.nat(), { minLength: 1 }), check), { numRuns: 50 });
  });

  it('names the only sender of a wrong piece, and takes the piece when it comes again', () => {
    const check = (sizeBytes: number, place: number): void => {
      const { bytes, content, layer } = make(sizeBytes);
      const checker = createPieceChecker(content, layer);
      const at = place % sizeBytes;
      const index = Math.floor(at / PIECE_BYTES);
      const { verdicts } = checker.take(0, flipped(bytes, at), EVE);
      assert.deepEqual(
        verdicts.filter(({ isGood }) => !isGood),
        [bad(index, [EVE])],
      );
      const again = bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
      assert.deepEqual(checker.take(index * PIECE_BYTES, again, ADA).verdicts, [good(index)]);
    };
    fc.assert(fc.property(sizes, fc.nat(), check), { numRuns: 50 });
  });

  it('finds, once a piece is right, who sent wrong blocks of it when it came from several', () => {
    const { bytes, content, layer } = make(PIECE_BYTES);
    const checker = createPieceChecker(content, layer);
    const wrong = flipped(bytes, 2 * BLOCK_BYTES);
    for (const block of [0, 1]) give(checker, bytes, block, ADA);
    give(checker, wrong, 2, EVE);
    assert.deepEqual(give(checker, bytes, 3, BOB), [bad(0)], 'nobody is accused yet');
    assert.deepEqual(checker.take(0, bytes, BOB).verdicts, [good(0, [EVE])]);
  });

  it('finds all of them when it takes several attempts', () => {
    const { bytes, content, layer } = make(PIECE_BYTES);
    const checker = createPieceChecker(content, layer);
    checker.take(0, flipped(bytes, 0).subarray(0, 2 * BLOCK_BYTES), ADA);
    assert.deepEqual(checker.take(2 * BLOCK_BYTES, bytes.subarray(2 * BLOCK_BYTES), BOB).verdicts, [bad(0)]);
    assert.deepEqual(checker.take(0, flipped(bytes, 5), EVE).verdicts, [bad(0, [EVE])]);
    assert.deepEqual(checker.take(0, bytes, BOB).verdicts, [good(0, [ADA])]);
  });

  it('has nothing written twice: not what is verified, nor a block that is there', () => {
    const { bytes, content, layer } = make(3 * PIECE_BYTES);
    const verified = new Uint8Array(1);
    setBit(verified, 0);
    const checker = createPieceChecker(content, layer, verified);
    give(checker, bytes, 5, ADA);
    const { fresh, verdicts } = checker.take(0, flipped(bytes, 5 * BLOCK_BYTES), EVE);
    assert.deepEqual(fresh, [
      { offset: PIECE_BYTES, length: BLOCK_BYTES },
      { offset: PIECE_BYTES + 2 * BLOCK_BYTES, length: 2 * BLOCK_BYTES + PIECE_BYTES },
    ]);
    assert.deepEqual(verdicts, [good(1), good(2)], 'the first copy of a block counts');
    assert.deepEqual(checker.take(0, flipped(bytes, 0), EVE), { verdicts: [], fresh: [] });
  });

  it('forgets what a liar sent of pieces that are not whole', () => {
    const { bytes, content, layer } = make(2 * PIECE_BYTES);
    const checker = createPieceChecker(content, layer);
    give(checker, bytes, 0, ADA);
    give(checker, flipped(bytes, 4 * BLOCK_BYTES), 4, EVE);
    assert.deepEqual(checker.distrust(EVE), [1]);
    assert.deepEqual(checker.take(BLOCK_BYTES, bytes.subarray(BLOCK_BYTES), ADA).verdicts, [good(0), good(1)]);
  });

  it('takes every piece for right where there is nothing to compare with', () => {
    const { bytes, content } = make(PIECE_BYTES + 1);
    const checker = createPieceChecker(content, undefined);
    assert.deepEqual(checker.take(0, bytes.subarray(0, BLOCK_BYTES), ADA).verdicts, []);
    assert.deepEqual(checker.take(BLOCK_BYTES, bytes.subarray(BLOCK_BYTES), ADA).verdicts, [good(0), good(1)]);
  });
});
