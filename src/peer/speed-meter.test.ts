import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSpeedMeter } from './speed-meter.ts';

describe('a speed meter', () => {
  it('shows a steady speed as it is, from the first second on', () => {
    let nowMs = 0;
    const meter = createSpeedMeter(() => nowMs);
    assert.equal(meter.bytesPerSecond(), 0);
    for (nowMs = 10; nowMs <= 60_000; nowMs += 10) {
      meter.add(1000);
      if (nowMs >= 1000) assert.ok(Math.abs(meter.bytesPerSecond() - 100_000) < 2000);
    }
  });

  it('goes down when nothing comes', () => {
    let nowMs = 0;
    const meter = createSpeedMeter(() => nowMs);
    for (nowMs = 10; nowMs <= 10_000; nowMs += 10) meter.add(1000);
    nowMs += 10_000;
    assert.ok(meter.bytesPerSecond() < 5000);
  });
});
