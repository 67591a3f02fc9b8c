import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaceControl, createPacer, type Pace } from './pace.ts';

/** How much is worked in 400 ms of the thread's time. */
function workedMs(pace: Pace): number {
  const control = createPaceControl();
  const pacer = createPacer(control.shared);
  control.set(pace);
  const endMs = performance.now() + 400;
  let worked = 0;
  while (performance.now() < endMs) {
    const startMs = performance.now();
    while (performance.now() < startMs + 1);
    worked += performance.now() - startMs;
    pacer.keep(() => false);
  }
  return worked;
}

test('a gentle worker rests most of the time, one at full speed never', () => {
  assert.ok(workedMs('gentle') < 200);
  assert.ok(workedMs('full') > 300);
});

test('a paused worker waits until its task is stopped', () => {
  const control = createPaceControl();
  const pacer = createPacer(control.shared);
  control.set('paused');
  let asked = 0;
  pacer.keep(() => (asked += 1) > 2);
  assert.equal(asked, 3);
});
