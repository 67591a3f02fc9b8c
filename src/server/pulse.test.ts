import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import pino from 'pino';
import { createPulse } from './pulse.ts';

/** A catalog that is busy until it is let go on, or fails. */
function setUp() {
  const clock = { nowMs: 0 };
  const told: number[] = [];
  const logLines: string[] = [];
  const waiting: PromiseWithResolvers<undefined>[] = [];
  const catalog = {
    touch: async (_id: string, nowMs: number): Promise<void> => {
      told.push(nowMs);
      const touched = Promise.withResolvers<undefined>();
      waiting.push(touched);
      await touched.promise;
    },
  };
  const log = pino({}, { write: (line: string) => logLines.push(line) });
  const pulse = createPulse({ catalog, log, now: () => clock.nowMs }, 'ann', 0);
  const beatAt = (nowMs: number, lagMs: number): void => {
    clock.nowMs = nowMs;
    pulse.beat(lagMs);
  };
  return { told, waiting, logLines, beatAt };
}

describe('pulse', () => {
  it('tells the catalog of what it may not lag behind', async () => {
    const { told, waiting, beatAt } = setUp();
    beatAt(1_999, 2_000);
    assert.deepEqual(told, []);
    beatAt(2_000, 2_000);
    assert.deepEqual(told, [2_000]);
    waiting[0]?.resolve(undefined);
    await turn();
    beatAt(2_001, 2_000);
    assert.deepEqual(told, [2_000]);
    beatAt(2_002, 0);
    assert.deepEqual(told, [2_000, 2_002]);
  });

  it('tells of what it hears when the clock was set back, too', () => {
    const { told, beatAt } = setUp();
    beatAt(-3_600_000, 2_000);
    assert.deepEqual(told, [-3_600_000]);
  });

  it('has one sign of life on its way to a busy catalog, and the latest after it', async () => {
    const { told, waiting, beatAt } = setUp();
    for (const nowMs of [10, 20, 30]) beatAt(nowMs, 0);
    assert.deepEqual(told, [10]);
    waiting[0]?.resolve(undefined);
    await turn();
    assert.deepEqual(told, [10, 30]);
  });

  it('logs what fails, and goes on', async () => {
    const { told, waiting, logLines, beatAt } = setUp();
    beatAt(10, 0);
    waiting[0]?.reject(new TypeError('no'));
    await turn();
    assert.equal(logLines.length, 1);
    beatAt(20, 0);
    assert.deepEqual(told, [10, 20]);
  });
});
