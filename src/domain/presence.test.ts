import assert from 'node:assert/strict';
import test from 'node:test';
import { isAlive, KEEP_ALIVE_INTERVAL_MS, ONLINE_WINDOW_MS, REGISTRATION_TTL_MS } from './presence.ts';

test('a peer is alive for five minutes after it was heard of, and not a millisecond longer', () => {
  assert.equal(ONLINE_WINDOW_MS, 5 * 60 * 1000);
  assert.ok(isAlive(1_000, 1_000));
  assert.ok(isAlive(1_000, 1_000 + ONLINE_WINDOW_MS - 1));
  assert.ok(!isAlive(1_000, 1_000 + ONLINE_WINDOW_MS));
});

test('a clock that was set back makes nobody silent', () => {
  assert.ok(isAlive(10_000, 5_000));
});

test('two keep-alives may get lost', () => {
  assert.ok(2 * KEEP_ALIVE_INTERVAL_MS < ONLINE_WINDOW_MS);
});

test('a registration lives thirty days', () => {
  assert.equal(REGISTRATION_TTL_MS, 30 * 24 * 60 * 60 * 1000);
});
