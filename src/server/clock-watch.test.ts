import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import pino from 'pino';
import { startClockWatch } from './clock-watch.ts';

const HOUR_MS = 3_600_000;

function setUp(t: TestContext, clockSet: (byMs: number, nowMs: number) => Promise<void> = () => Promise.resolve()) {
  const clock = { nowMs: 1_000_000, steadyMs: 0 };
  const set: (readonly [byMs: number, nowMs: number])[] = [];
  const catalog = {
    clockSet: async (byMs: number, nowMs: number) => {
      await clockSet(byMs, nowMs);
      set.push([byMs, nowMs]);
    },
  };
  const context = { catalog, log: pino({ level: 'silent' }), now: () => clock.nowMs };
  const watch = startClockWatch(context, () => clock.steadyMs, HOUR_MS);
  t.after(watch.stop);
  const pass = (ms: number, byMs = 0): void => {
    clock.steadyMs += ms;
    clock.nowMs += ms + byMs;
  };
  return { watch, set, pass };
}

describe('the clock watch', () => {
  it('tells the catalog by how much the clock was set, once', async (t) => {
    const { watch, set, pass } = setUp(t);
    pass(5_000, HOUR_MS);
    await watch.look();
    await watch.look();
    pass(5_000, -2 * HOUR_MS);
    await watch.look();
    assert.deepEqual(set, [
      [HOUR_MS, 1_005_000 + HOUR_MS],
      [-2 * HOUR_MS, 1_010_000 - HOUR_MS],
    ]);
  });

  it('takes time that passes, and clocks that drift apart, for nothing', async (t) => {
    const { watch, set, pass } = setUp(t);
    for (let days = 0; days < 10; days += 1) {
      pass(24 * HOUR_MS, days % 2 === 0 ? 1_000 : -1_000);
      await watch.look();
    }
    assert.deepEqual(set, []);
  });

  it('tells a catalog that failed again', async (t) => {
    let isBroken = true;
    const { watch, set, pass } = setUp(t, () => (isBroken ? Promise.reject(new Error('no')) : Promise.resolve()));
    pass(0, HOUR_MS);
    await watch.look();
    isBroken = false;
    await watch.look();
    await watch.look();
    assert.deepEqual(set, [[HOUR_MS, 1_000_000 + HOUR_MS]]);
  });
});
