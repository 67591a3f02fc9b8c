import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pieceCount } from '../../domain/pieces.ts';
import type { Content } from './content.ts';
import { createPlan } from './plan.ts';
import { createRangeCutter, type ByteRange, type RangeCutter } from './range-cutter.ts';

const PIECE_BYTES = 65_536;
const BLOCK_BYTES = 16_384;

function contentOf(sizeBytes: number): Content {
  return { sha1: '', sizeBytes, pieceBytes: PIECE_BYTES };
}

/** A content of up to 40 pieces, and which of them are verified from before. */
const starts = fc.nat(40 * PIECE_BYTES).chain((sizeBytes) =>
  fc.record({
    content: fc.constant(contentOf(sizeBytes)),
    bitfield: fc.uint8Array({ maxLength: Math.ceil(pieceCount(sizeBytes, PIECE_BYTES) / 8) }),
  }),
);

/** What several connections do, one step at a time; numbers choose among what is possible. */
const steps = fc.array(
  fc.record({
    action: fc.constantFrom('ask', 'verify', 'fail'),
    connection: fc.nat(2),
    blocks: fc.integer({ min: 1, max: 20 }),
    choice: fc.nat(),
  }),
  { maxLength: 200 },
);

function isVerified(bitfield: Uint8Array, index: number): boolean {
  return ((bitfield[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

function piecesOf({ offset, length }: ByteRange): number[] {
  const first = Math.floor(offset / PIECE_BYTES);
  const last = Math.floor((offset + length - 1) / PIECE_BYTES);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('a plan', () => {
  it('knows from the start what is verified', () => {
    fc.assert(
      fc.property(starts, ({ content, bitfield }) => {
        const plan = createPlan(content, bitfield);
        const count = pieceCount(content.sizeBytes, PIECE_BYTES);
        const verified = Array.from({ length: count }, (_, index) => isVerified(bitfield, index));
        const sizeOf = (index: number) => Math.min(PIECE_BYTES, content.sizeBytes - index * PIECE_BYTES);
        const bytes = verified.reduce((sum, is, index) => sum + (is ? sizeOf(index) : 0), 0);
        const gap = verified.indexOf(false);
        assert.equal(plan.verifiedBytes(), bytes);
        assert.equal(plan.prefixBytes(), gap === -1 ? content.sizeBytes : gap * PIECE_BYTES);
        assert.equal(plan.isComplete(), gap === -1);
      }),
    );
  });

  it('never gives a piece to two connections, nor one that is verified, and leaves none out', () => {
    fc.assert(
      fc.property(starts, steps, ({ content, bitfield }, run) => {
        const plan = createPlan(content, bitfield);
        const count = pieceCount(content.sizeBytes, PIECE_BYTES);
        const verified = new Set(
          Array.from({ length: count }, (_, index) => index).filter((index) => isVerified(bitfield, index)),
        );
        const connections = [0, 1, 2].map(() => ({
          cutter: createRangeCutter(content, plan),
          held: new Set<number>(),
          asked: new Set<number>(),
        }));
        const holds = (index: number) => connections.filter(({ held }) => held.has(index)).length;

        for (const { action, connection, blocks, choice } of run) {
          const { cutter, held, asked } = connections[connection] ?? assert.fail();
          if (action === 'ask') {
            const range = cutter.next(blocks * BLOCK_BYTES);
            for (const index of range ? piecesOf(range) : []) {
              held.add(index);
              if (range && range.offset + range.length >= Math.min((index + 1) * PIECE_BYTES, content.sizeBytes))
                asked.add(index);
              assert.ok(!verified.has(index) && holds(index) === 1);
            }
          } else if (action === 'verify') {
            // Whole pieces only: the last range of one may still be to come.
            const index = [...asked][choice % Math.max(asked.size, 1)];
            if (index === undefined) continue;
            plan.verify(index);
            held.delete(index);
            asked.delete(index);
            verified.add(index);
          } else {
            cutter.releaseAll();
            held.clear();
            asked.clear();
          }
        }

        for (const { cutter } of connections) cutter.releaseAll();
        const rest = createRangeCutter(content, plan);
        for (let range = rest.next(Infinity); range; range = rest.next(Infinity))
          for (const index of piecesOf(range)) plan.verify(index);
        assert.ok(plan.isComplete());
        assert.equal(plan.verifiedBytes(), content.sizeBytes);
      }),
    );
  });
});

describe('a range cutter', () => {
  it('cuts what is missing into ranges that follow each other, cover all of it once, and are no longer than asked', () => {
    fc.assert(
      fc.property(
        starts,
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
        ({ content, bitfield }, sizes) => {
          const cutter: RangeCutter = createRangeCutter(content, createPlan(content, bitfield));
          let at = 0;
          for (let step = 0; ; step += 1) {
            const lengthMax = (sizes[step % sizes.length] ?? 1) * BLOCK_BYTES;
            const range = cutter.next(lengthMax);
            const end = range ? range.offset : content.sizeBytes;
            for (let skipped = at; skipped < end; skipped += PIECE_BYTES)
              assert.ok(isVerified(bitfield, skipped / PIECE_BYTES));
            if (!range) break;
            assert.ok(range.length > 0 && range.length <= lengthMax);
            assert.ok(piecesOf(range).every((index) => !isVerified(bitfield, index)));
            assert.equal(range.offset % BLOCK_BYTES, 0, 'so that whole blocks are hashed');
            at = range.offset + range.length;
          }
        },
      ),
    );
  });
});
