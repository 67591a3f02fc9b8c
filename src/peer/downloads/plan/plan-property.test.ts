import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  BLOCK_BYTES,
  BLOCKS_A_PIECE,
  blocksOf,
  PIECE_BYTES,
  piecesOf,
  starts,
} from '../../../../test/support/plan-fixture.ts';
import { hasBit } from '../../../domain/bitfield.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import type { Content } from '../content.ts';
import { createPlan, type Claim, type Plan } from './plan.ts';

const SOURCES = [1, 2, 3] as const;

/** What sources do, one step at a time; numbers choose among what is possible. */
const steps = fc.array(
  fc.record({
    action: fc.constantFrom('claim', 'claim', 'claim', 'late', 'deliver', 'deliver', 'leave', 'spoil'),
    source: fc.constantFrom(...SOURCES),
    blocks: fc.integer({ min: 1, max: 20 }),
    choice: fc.nat(),
    isSuspect: fc.boolean(),
  }),
  { maxLength: 300 },
);

/** What each source has: all of it, or the pieces that a number chooses. */
const holdings = fc.array(fc.option(fc.uint8Array({ minLength: 5, maxLength: 5 })), { minLength: 3, maxLength: 3 });

/** Gives the plan what was claimed, and verifies the pieces that are whole. Keeps which blocks came. */
function deliver(plan: Plan, { range, ...claim }: Claim, came: Set<number>, sizeBytes: number): void {
  plan.receive(range);
  for (const block of blocksOf(range)) came.add(block);
  plan.settle({ range, ...claim });
  for (const index of piecesOf(range)) if (isWhole(index, came, sizeBytes)) plan.verify(index);
}

function isWhole(index: number, came: ReadonlySet<number>, sizeBytes: number): boolean {
  const end = Math.min((index + 1) * BLOCKS_A_PIECE, Math.ceil(sizeBytes / BLOCK_BYTES));
  for (let block = index * BLOCKS_A_PIECE; block < end; block += 1) if (!came.has(block)) return false;
  return true;
}

it('a plan never has a block claimed twice but as a late one, none that came or that the source lacks, and loses none', () => {
  const check = (
    { content, bitfield }: { content: Content; bitfield: Uint8Array },
    held: readonly (Uint8Array | null)[],
    run: readonly { action: string; source: number; blocks: number; choice: number; isSuspect: boolean }[],
    randoms: readonly number[],
  ): void => {
    const { sizeBytes } = content;
    let drawn = 0;
    const random = (): number => ((randoms[(drawn += 1) % randoms.length] ?? 0) % 1000) / 1000;
    const plan = createPlan(content, bitfield, random);
    const claims = new Map<number, Claim[]>(SOURCES.map((source) => [source, []]));
    const came = new Set<number>();
    const join = (source: number): void => {
      plan.availability.join(source, held[source - 1] ?? undefined);
    };
    const holds = (source: number, index: number): boolean => {
      const pieces = held[source - 1];
      return !pieces || hasBit(pieces, index);
    };
    const isClaimed = (block: number): boolean =>
      [...claims.values()].flat().some(({ range }) => blocksOf(range).includes(block));
    SOURCES.forEach(join);

    for (const { action, source, blocks, choice, isSuspect } of run) {
      const own = claims.get(source) ?? [];
      if (action === 'claim') {
        const claim = plan.claim(source, blocks * BLOCK_BYTES);
        if (!claim) continue;
        assert.ok(claim.range.length > 0 && claim.range.length <= blocks * BLOCK_BYTES);
        for (const block of blocksOf(claim.range)) {
          assert.ok(!came.has(block) && !isClaimed(block), `block ${block}`);
          assert.ok(holds(source, Math.floor(block / BLOCKS_A_PIECE)));
        }
        own.push(claim);
      } else if (action === 'late') {
        const claim = plan.claimLate(source, blocks * BLOCK_BYTES, { ownMs: 1, forecast: () => 1e9 });
        if (!claim) continue;
        for (const block of blocksOf(claim.range)) {
          assert.ok(!came.has(block) && isClaimed(block));
          assert.ok(!own.some(({ range }) => blocksOf(range).includes(block)), 'not from the same source again');
          assert.ok(holds(source, Math.floor(block / BLOCKS_A_PIECE)));
        }
        own.push(claim);
      } else if (action === 'deliver') {
        const [claim] = own.splice(choice % Math.max(own.length, 1), 1);
        if (claim) deliver(plan, claim, came, sizeBytes);
      } else if (action === 'leave') {
        plan.leave(source);
        claims.set(source, []);
        join(source);
      } else {
        const index = choice % Math.max(pieceCount(sizeBytes, PIECE_BYTES), 1);
        if (isWhole(index, came, sizeBytes) || hasBit(bitfield, index)) continue;
        plan.spoil(index, isSuspect);
        for (const block of [...came]) if (Math.floor(block / BLOCKS_A_PIECE) === index) came.delete(block);
        // Who is asked for it still is, but it counts for nothing: as if they had all left.
        for (const other of SOURCES) {
          plan.leave(other);
          claims.set(other, []);
          join(other);
        }
        for (const block of [...came]) {
          if (!plan.isWanted({ offset: block * BLOCK_BYTES, length: 1 })) continue;
          came.delete(block);
        }
      }
    }

    // Somebody who has everything gives all the rest.
    for (const source of SOURCES) plan.leave(source);
    const rest = 9;
    plan.availability.join(rest);
    for (let claim = plan.claim(rest, Infinity); claim; claim = plan.claim(rest, Infinity)) {
      plan.receive(claim.range);
      plan.settle(claim);
    }
    for (let index = 0; index < pieceCount(sizeBytes, PIECE_BYTES); index += 1) {
      const offset = index * PIECE_BYTES;
      assert.ok(!plan.isWanted({ offset, length: Math.min(PIECE_BYTES, sizeBytes - offset) }));
      plan.verify(index);
    }
    assert.ok(plan.isComplete());
    assert.equal(plan.verifiedBytes(), sizeBytes);
    assert.equal(plan.claim(rest, BLOCK_BYTES), undefined);
  };
  fc.assert(fc.property(starts, holdings, steps, fc.array(fc.nat(), { minLength: 1 }), check), { numRuns: 300 });
});
