import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

/** Moves as much as a limit allows, by peers in turn, for some time of a clock that others may set. Returns what each got. */
function move(limit: RateLimit, clock: { nowMs: number }, forMs: number, peers: readonly string[]): number[] {
  const endMs = clock.nowMs + forMs;
  const got = peers.map(() => 0);
  while (clock.nowMs < endMs) {
    peers.forEach((peer, at) => {
      if (limit.waitMs(peer) > 0) return;
      limit.spend(peer, limit.stepBytes());
      got[at] = (got[at] ?? 0) + limit.stepBytes();
    });
    clock.nowMs += Math.max(1, Math.ceil(Math.min(...peers.map((peer) => limit.waitMs(peer)))));
  }
  return got;
}

const seconds = 10;
const rateArbitrary = fc.integer({ min: 10_000, max: 2_000_000_000 });

describe('a rate limit', () => {
  it('lets through what it allows, to some per cent over seconds', () => {
    fc.assert(
      fc.property(rateArbitrary, (rate) => {
        const clock = { nowMs: 1e6 };
        const limit = createRateLimit(() => clock.nowMs);
        limit.setRates({ total: rate, each: undefined });
        const [moved = 0] = move(limit, clock, seconds * 1000, ['a']);
        // One step may be ahead of time.
        assert.ok(Math.abs(moved - rate * seconds) <= 0.03 * rate * seconds + limit.stepBytes(), `${moved} at ${rate}`);
      }),
    );
  });

  it('holds each peer to its own, and all to the total', () => {
    const clock = { nowMs: 0 };
    const limit = createRateLimit(() => clock.nowMs);
    limit.setRates({ total: 1_000_000, each: 300_000 });
    const few = move(limit, clock, 10_000, ['a', 'b']);
    for (const bytes of few) assert.ok(Math.abs(bytes - 3_000_000) < 150_000, String(few));
    const many = move(limit, clock, 10_000, ['a', 'b', 'c', 'd', 'e', 'f']);
    const total = many.reduce((sum, bytes) => sum + bytes);
    assert.ok(Math.abs(total - 10_000_000) < 300_000, String(many));
  });

  it('goes in small steps', () => {
    const limit = createRateLimit(() => 0);
    limit.setRates({ total: 2_000_000, each: 1_000_000 });
    assert.equal(limit.stepBytes(), 50_000);
    limit.setRates({ total: undefined, each: undefined });
    assert.equal(limit.stepBytes(), Number.POSITIVE_INFINITY);
    assert.equal(limit.isOn(), false);
    limit.spend('a', 1e12);
    assert.equal(limit.waitMs('a'), 0);
  });

  it('neither bursts nor stalls when its clock jumps', () => {
    const clock = { nowMs: 1e9 };
    const limit = createRateLimit(() => clock.nowMs);
    limit.setRates({ total: 100_000, each: undefined });
    move(limit, clock, 1_000, ['a']);
    for (const jumpMs of [-86_400_000, 86_400_000]) {
      clock.nowMs += jumpMs;
      const [moved = 0] = move(limit, clock, 10_000, ['a']);
      assert.ok(Math.abs(moved - 1_000_000) < 60_000, `${moved} after ${jumpMs}`);
    }
  });

  it('holds at once when it is changed, and tells those who wait', () => {
    const clock = { nowMs: 0 };
    const limit = createRateLimit(() => clock.nowMs);
    let told = 0;
    limit.onChange(() => (told += 1));
    limit.setRates({ total: 10_000, each: undefined });
    limit.spend('a', 10_000_000);
    assert.ok(limit.waitMs('a') > 1_000);
    limit.setRates({ total: 10_000, each: undefined });
    limit.setRates({ total: 1_000_000, each: undefined });
    assert.equal(limit.waitMs('a'), 0);
    assert.equal(told, 2);
  });
});
