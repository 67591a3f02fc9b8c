import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES, contentOf, PIECE_BYTES, piecesOf, starts } from '../../../../test/support/plan-fixture.ts';
import { hasBit, leadingBits, setBit } from '../../../domain/bitfield.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import { createPlan, type Plan } from './plan.ts';

const SOURCES = [1, 2, 3] as const;
const NONE = new Uint8Array();

function bitfieldOf(indexes: readonly number[], count: number): Uint8Array {
  const bitfield = leadingBits(count, 0);
  for (const index of indexes) setBit(bitfield, index);
  return bitfield;
}

describe('a plan', () => {
  it('knows from the start what is verified', () => {
    fc.assert(
      fc.property(starts, ({ content, bitfield }) => {
        const plan = createPlan(content, bitfield, Math.random);
        const count = pieceCount(content.sizeBytes, PIECE_BYTES);
        const verified = Array.from({ length: count }, (_, index) => hasBit(bitfield, index));
        const sizeOf = (index: number) => Math.min(PIECE_BYTES, content.sizeBytes - index * PIECE_BYTES);
        const bytes = verified.reduce((sum, is, index) => sum + (is ? sizeOf(index) : 0), 0);
        const gap = verified.indexOf(false);
        assert.equal(plan.verifiedBytes(), bytes);
        assert.equal(plan.prefixBytes(), gap === -1 ? content.sizeBytes : gap * PIECE_BYTES);
        assert.equal(plan.isComplete(), gap === -1);
      }),
    );
  });

  it('goes through the file in order while all sources have all of it', () => {
    const plan = createPlan(contentOf(10 * PIECE_BYTES), bitfieldOf([0, 4], 10), () => 0.9);
    plan.availability.join(1);
    plan.availability.join(2);
    const offsets = [1, 2, 1, 2].map((source) => plan.claim(source, 2 * PIECE_BYTES)?.range);
    assert.deepEqual(offsets, [
      { offset: PIECE_BYTES, length: 2 * PIECE_BYTES },
      { offset: 3 * PIECE_BYTES, length: PIECE_BYTES },
      { offset: 5 * PIECE_BYTES, length: 2 * PIECE_BYTES },
      { offset: 7 * PIECE_BYTES, length: 2 * PIECE_BYTES },
    ]);
  });

  it('asks for rare pieces first, and for those that are on their way to others last', () => {
    const count = 8;
    const plan = createPlan(contentOf(count * PIECE_BYTES), NONE, Math.random);
    const [seed, ada, bob] = SOURCES;
    plan.availability.join(seed);
    plan.availability.join(ada, bitfieldOf([0, 1, 2], count));
    plan.availability.join(bob, bitfieldOf([0], count));
    plan.availability.update(bob, [], [{ first: 4, last: 5 }]);
    plan.availability.update(ada, [], [{ first: 5, last: 5 }]);
    const order: number[] = [];
    for (let claim = plan.claim(seed, PIECE_BYTES); claim; claim = plan.claim(seed, PIECE_BYTES)) {
      order.push(...piecesOf(claim.range));
    }
    const ranks = order.map((index) => plan.availability.copies(index));
    assert.deepEqual(
      ranks,
      ranks.toSorted((one, other) => one - other),
    );
    assert.deepEqual(order.slice(0, 3).toSorted(), [3, 6, 7]);
    assert.deepEqual(order.length, count);
  });

  it('divides what nobody has yet among those who download the same, so that the only copy is sent once', () => {
    const count = 2048;
    const [seed, ...others] = [1, 2, 3, 4, 5, 6, 7, 8];
    const keys = others.map((number) => createHash('sha256').update(String(number)).digest('hex'));
    const shares = keys.map((ownKey) => {
      const plan = createPlan(contentOf(count * PIECE_BYTES), NONE, Math.random, ownKey);
      plan.availability.join(seed);
      for (const [at, key] of keys.entries()) {
        if (key === ownKey) continue;
        plan.availability.join(others[at] ?? 0, NONE);
        plan.division.join(others[at] ?? 0, key);
      }
      return Array.from({ length: 100 }, () => piecesOf(plan.claim(seed, PIECE_BYTES)?.range ?? assert.fail()));
    });
    const first = shares.flat(2);
    assert.equal(new Set(first).size, first.length, 'no piece is fetched by two');
    for (const share of shares)
      assert.deepEqual(
        share.flat(),
        share.flat().toSorted((one, other) => one - other),
      );
  });

  it('helps, once its own is claimed, with the last of what it is second for', () => {
    const count = 200;
    const plan = createPlan(contentOf(count * PIECE_BYTES), NONE, Math.random, '0'.repeat(64));
    plan.availability.join(1);
    const others = ['4', '8', 'c'].map((digit) => digit.repeat(64));
    for (const [at, key] of others.entries()) {
      plan.availability.join(2 + at, NONE);
      plan.division.join(2 + at, key);
    }
    const order = Array.from(
      { length: count },
      () => piecesOf(plan.claim(1, PIECE_BYTES)?.range ?? assert.fail())[0] ?? -1,
    );
    const inTurns = Array.from({ length: count }, (_, index) => index).toSorted((one, other) => {
      const [turn, otherTurn] = [plan.division.turnOf(one), plan.division.turnOf(other)];
      return turn - otherTurn || (turn === 0 ? one - other : other - one);
    });
    assert.deepEqual(order, inTurns);
  });

  it('leaves the last pieces of a whole source to those who fetch them first, while they are about as quick', () => {
    const count = 10;
    const start = () => {
      const plan = createPlan(contentOf(count * PIECE_BYTES), NONE, Math.random, '0'.repeat(64));
      plan.availability.join(1);
      plan.availability.join(2, NONE);
      plan.division.join(2, 'f'.repeat(64));
      plan.availability.update(2, [{ first: 0, last: 7 }], []);
      return plan;
    };
    const outlook = (ownMs: number, otherMs: number) => ({ ownMs, forecast: () => otherMs });
    const others = Array.from({ length: count }, (_, index) => index).filter(
      (index) => start().division.turnOf(index) > 0,
    );
    const claimsOfWhole = (plan: Plan, ownMs: number, otherMs: number): number[] =>
      Array.from({ length: count }, () => plan.claim(1, PIECE_BYTES, outlook(ownMs, otherMs))?.range ?? [])
        .flat()
        .flatMap(piecesOf);

    const busy = start();
    for (let claimed = 0; claimed < 6; claimed += 1) busy.claim(2, PIECE_BYTES);
    const own = [8, 9].filter((index) => !others.includes(index));
    assert.deepEqual(claimsOfWhole(busy, 100, 150), own, 'nothing but its own');
    assert.ok(claimsOfWhole(busy, 100, 151).length > 0, 'the whole one is much quicker');

    const idle = start();
    assert.ok(claimsOfWhole(idle, 100, 1).length > others.length, 'nobody fetches anything from the other');
  });

  it('heeds what comes to a partial source, and forgets what it had when it leaves', () => {
    const plan = createPlan(contentOf(4 * PIECE_BYTES), NONE, Math.random);
    plan.availability.join(1, NONE);
    assert.equal(plan.claim(1, PIECE_BYTES), undefined);
    plan.availability.update(1, [{ first: 2, last: 99 }], []);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => plan.availability.copies(index)),
      [0, 0, 1, 1],
    );
    assert.ok((plan.claim(1, PIECE_BYTES)?.range.offset ?? 0) >= 2 * PIECE_BYTES);
    plan.leave(1);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => plan.availability.copies(index)),
      [0, 0, 0, 0],
    );
    assert.deepEqual(plan.coming(), []);
  });

  it('has what is preferred claimed before all else, by whoever has it', () => {
    const plan = createPlan(contentOf(20 * PIECE_BYTES), NONE, Math.random);
    plan.availability.join(1);
    plan.availability.join(2);
    plan.prefer([{ offset: 7 * PIECE_BYTES + 5, length: PIECE_BYTES }]);
    assert.equal(plan.claim(1, BLOCK_BYTES)?.range.offset, 7 * PIECE_BYTES);
    assert.equal(plan.claim(2, BLOCK_BYTES)?.range.offset, 7 * PIECE_BYTES + BLOCK_BYTES);
    assert.deepEqual(plan.claim(1, PIECE_BYTES)?.range, {
      offset: 7 * PIECE_BYTES + 2 * BLOCK_BYTES,
      length: PIECE_BYTES - 2 * BLOCK_BYTES,
    });
    plan.prefer([]);
    assert.equal(plan.claim(2, BLOCK_BYTES)?.range.offset, 0);
  });

  it('has a suspect piece come from one source alone', () => {
    const plan = createPlan(contentOf(PIECE_BYTES), NONE, Math.random);
    for (const source of SOURCES) plan.availability.join(source);
    plan.spoil(0, true);
    const claim = plan.claim(1, BLOCK_BYTES);
    assert.ok(claim);
    assert.equal(plan.claim(2, PIECE_BYTES), undefined);
    plan.claim(1, PIECE_BYTES);
    assert.equal(plan.claimLate(2, PIECE_BYTES, { ownMs: 1, forecast: () => 1e9 }), undefined, 'however late it is');
    plan.receive(claim.range);
    plan.leave(1);
    assert.deepEqual(plan.claim(2, PIECE_BYTES)?.range, { offset: 0, length: PIECE_BYTES }, 'from the start');
  });

  it('goes on in a piece where a source that is gone stopped', () => {
    const plan = createPlan(contentOf(3 * PIECE_BYTES), NONE, Math.random);
    for (const source of SOURCES) plan.availability.join(source);
    const claim = plan.claim(1, BLOCK_BYTES);
    assert.ok(claim);
    plan.receive(claim.range);
    assert.equal(plan.claim(2, PIECE_BYTES)?.range.offset, PIECE_BYTES, 'not in what another began');
    plan.leave(1);
    assert.equal(plan.claim(2, BLOCK_BYTES)?.range.offset, BLOCK_BYTES);
  });

  it('has late blocks asked for again from the end on, once nothing else is left, by who would be sooner', () => {
    const plan = createPlan(contentOf(4 * PIECE_BYTES), NONE, Math.random);
    plan.availability.join(1);
    plan.availability.join(2);
    const slow = plan.claim(1, 3 * PIECE_BYTES);
    const late = (ownMs: number, msABlock: number) =>
      plan.claimLate(2, 2 * BLOCK_BYTES, { ownMs, forecast: (_, bytes) => (bytes / BLOCK_BYTES) * msABlock });
    assert.equal(late(100, 100), undefined, 'a piece is free: the other has seconds');
    plan.claim(2, PIECE_BYTES);
    assert.equal(late(1100, 100), undefined, 'not much sooner');
    assert.deepEqual(late(100, 100)?.range, { offset: 3 * PIECE_BYTES - 2 * BLOCK_BYTES, length: 2 * BLOCK_BYTES });
    assert.equal(late(100, 100)?.range.offset, 3 * PIECE_BYTES - 4 * BLOCK_BYTES);
    assert.ok(slow);
    plan.receive(slow.range);
    assert.equal(late(100, 100), undefined);
  });

  it('tells when a range is verified', async () => {
    const plan = createPlan(contentOf(4 * PIECE_BYTES), NONE, Math.random);
    const covered = plan.verified.cover({ offset: PIECE_BYTES + 1, length: PIECE_BYTES }, AbortSignal.timeout(5_000));
    plan.verify(1);
    assert.ok(!plan.verified.covers({ offset: PIECE_BYTES + 1, length: PIECE_BYTES }));
    plan.verify(2);
    await covered;
    const never = new AbortController();
    const waiting = plan.verified.cover({ offset: 0, length: 1 }, never.signal);
    never.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });
});
