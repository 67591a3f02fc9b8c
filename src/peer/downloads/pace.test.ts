import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPace } from './pace.ts';

function setUp() {
  let nowMs = 0;
  const pace = createPace(() => nowMs);
  pace.begin();
  const pass = (seconds: number, bytesPerSecond = 0): void => {
    for (let second = 0; second < seconds; second += 1) {
      nowMs += 1000;
      if (bytesPerSecond > 0) pace.received(bytesPerSecond);
    }
  };
  return { pace, pass };
}

describe('the pace of a download', () => {
  it('is slow once nothing came for ten seconds', () => {
    const { pace, pass } = setUp();
    pass(9);
    assert.ok(!pace.isSlow());
    pass(1);
    assert.ok(pace.isSlow());
  });

  it('is slow while what comes trickles, and no more once it comes quickly', () => {
    const { pace, pass } = setUp();
    pass(60, 10_000);
    assert.ok(pace.isSlow());
    pass(1, 100_000);
    assert.ok(pace.isSlow(), 'one second is no change yet');
    pass(9, 100_000);
    assert.ok(!pace.isSlow());
    pass(60, 100_000);
    pass(30, 10_000);
    assert.ok(pace.isSlow(), 'what came long ago counts no more');
  });

  it('is not slow through this machine’s own limits, nor when it does not fetch', () => {
    const { pace, pass } = setUp();
    pass(60);
    pace.excuse();
    assert.ok(!pace.isSlow());
    pass(60);
    assert.ok(pace.isSlow());
    pace.end();
    assert.ok(!pace.isSlow());
    pace.begin();
    assert.ok(!pace.isSlow(), 'it begins anew');
  });
});
