import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggedIn } from '../../../test/support/logged-in.ts';
import { createCalls } from './calls.ts';

test('a peer may make so many calls at once, whatever its sessions, and more with time', () => {
  let nowMs = 0;
  const calls = createCalls(() => nowMs);
  const called = loggedIn('bob');
  let made = 0;
  assert.throws(
    () => {
      for (; made < 1_000; made += 1) calls.admit(loggedIn('ann'), called);
    },
    { code: 'busy' },
  );
  assert.equal(made, 200);
  calls.admit(loggedIn('eve'), called);
  nowMs = 100;
  calls.admit(loggedIn('ann'), called);
});
