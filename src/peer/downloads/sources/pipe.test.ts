import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPipe, type Pipe } from './pipe.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 16 * 1024;

/** A source that answers in order behind a link, as long as it is asked; time goes on chunk by chunk. */
function createLink(pipe: Pipe) {
  const requests: { dueMs: number; left: number }[] = [];
  let nowMs = 0;

  function ask(delayMs: number): void {
    while (pipe.isRoomy()) {
      const bytes = pipe.rangeBytes();
      pipe.asked(bytes, nowMs);
      requests.push({ dueMs: nowMs + delayMs, left: bytes });
    }
  }

  /** Lets some time pass. Returns for how long nothing was on the link, in ms. */
  return function run(bytesPerMs: number, delayMs: number, forMs: number): number {
    let idleMs = 0;
    for (const endMs = nowMs + forMs; nowMs < endMs;) {
      ask(delayMs);
      const first = requests[0] ?? assert.fail();
      const bytes = Math.min(CHUNK_BYTES, first.left);
      idleMs += Math.max(0, first.dueMs - nowMs);
      nowMs = Math.max(nowMs, first.dueMs) + bytes / bytesPerMs;
      first.left -= bytes;
      pipe.received(bytes, nowMs);
      if (first.left > 0) continue;
      requests.shift();
      pipe.ended(0);
    }
    return idleMs;
  };
}

describe('a pipe', () => {
  for (const [name, bytesPerMs, delayMs] of [
    ['a fast network', 1_000_000, 0.2],
    ['100 Mbit/s near by', 12_500, 1],
    ['100 Mbit/s far away', 12_500, 150],
    ['a slow line', 100, 50],
  ] as const) {
    it(`keeps ${name} busy, and asks for little ahead`, () => {
      const pipe = createPipe();
      const run = createLink(pipe);
      run(bytesPerMs, delayMs, 5_000);
      assert.equal(run(bytesPerMs, delayMs, 1_000), 0);
      assert.ok(pipe.inFlightBytes() <= 16 * MIB);
      const aheadMs = pipe.inFlightBytes() / bytesPerMs;
      const leastMs = (8 * 128 * 1024) / bytesPerMs;
      assert.ok(aheadMs < Math.max(600, leastMs), `${aheadMs} ms ahead`);
    });
  }

  it('asks for ranges that take a moment, and at first for little', () => {
    const pipe = createPipe();
    assert.equal(pipe.rangeBytes(), 64 * 1024);
    const run = createLink(pipe);
    run(12_500, 1, 3_000);
    assert.ok(pipe.rangeBytes() > 1_600_000 && pipe.rangeBytes() < 2_200_000, String(pipe.rangeBytes()));
    run(1_000_000, 1, 3_000);
    assert.equal(pipe.rangeBytes(), 4 * MIB);
    run(100, 1, 300_000);
    assert.equal(pipe.rangeBytes(), 128 * 1024);
  });

  it('foresees when a source will be done, and trusts ever less in one that goes silent', () => {
    const pipe = createPipe();
    createLink(pipe)(1_000, 10, 3_000);
    const soonMs = pipe.forecastMs(MIB, 3_000);
    assert.ok(soonMs > 900 && soonMs < 1_300, String(soonMs));
    assert.ok(pipe.forecastMs(MIB, 6_000) > 10 * soonMs);
  });

  it('stalls while less than a block comes of what was asked for', () => {
    const pipe = createPipe();
    assert.equal(pipe.stalledMs(1_000_000), 0, 'nothing was asked for');
    pipe.asked(MIB, 1_000);
    for (let nowMs = 1_000; nowMs < 6_000; nowMs += 1_000) pipe.received(1, nowMs);
    assert.equal(pipe.stalledMs(6_000), 5_000);
    pipe.received(CHUNK_BYTES, 7_000);
    assert.equal(pipe.stalledMs(7_500), 500);
    pipe.excuse(9_000);
    assert.equal(pipe.stalledMs(9_000), 0);
  });

  it('does not take the time in a queue for the time that an answer takes', () => {
    const pipe = createPipe();
    pipe.asked(MIB, 1_000);
    pipe.excuse(11_000);
    pipe.received(MIB / 2, 11_010);
    pipe.received(MIB / 2, 11_060);
    pipe.ended(0);
    assert.ok(pipe.forecastMs(MIB, 11_060) < 1_000);
  });
});
