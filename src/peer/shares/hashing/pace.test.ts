import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaceControl, createPacer, type Pace } from './pace.ts';

/** How long a thread rests in 100 ms of work. The machine may take it away meanwhile: that counts as work. */
function restedMs(pace: Pace): number {
  const control = createPaceControl();
  const pacer = createPacer(control.shared);
  control.set(pace);
  let rested = 0;
  for (let piece = 0; piece < 100; piece++) {
    const startMs = performance.now();
    while (performance.now() < startMs + 1);
    const restsMs = performance.now();
    pacer.keep(() => false);
    rested += performance.now() - restsMs;
  }
  return rested;
}

test('a gentle worker rests most of the time, one at full speed never', () => {
  assert.ok(restedMs('gentle') > 200);
  assert.ok(restedMs('full') < 100);
});

test('a paused worker waits until its task is stopped', () => {
  const control = createPaceControl();
  const pacer = createPacer(control.shared);
  control.set('paused');
  let asked = 0;
  pacer.keep(() => (asked += 1) > 2);
  assert.equal(asked, 3);
});
