import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEEP_ALIVE_INTERVAL_MS, ONLINE_WINDOW_MS } from '../../domain/presence.ts';
import { openForWriting } from './database.ts';
import { createSessionWriter } from './sessions.ts';

const BEGAN_MS = 1_000_000;

/** Whether a sign of life changes what a search finds, so long after the one before. */
function changesAfter(silentMs: number): boolean {
  const database = openForWriting(':memory:');
  try {
    database.exec(
      `INSERT INTO peer (id, username, password_hash, login_at_ms, files, size_bytes) VALUES ('a', 'ann', 'x', 0, 1, 1)`,
    );
    const sessions = createSessionWriter(database);
    sessions.beginSession({ id: 'a', resumeTokenHash: '00', key: undefined }, BEGAN_MS);
    return sessions.touch('a', BEGAN_MS + silentMs);
  } finally {
    database.close();
  }
}

test('a sign of life in time changes nothing that a search finds', () => {
  assert.ok(!changesAfter(0));
  assert.ok(!changesAfter(KEEP_ALIVE_INTERVAL_MS + KEEP_ALIVE_INTERVAL_MS / 2));
});

test('a sign of life after too long a silence does, and so does one that was sent just in time and noted too late', () => {
  assert.ok(changesAfter(ONLINE_WINDOW_MS));
  assert.ok(changesAfter(ONLINE_WINDOW_MS - 1));
  assert.ok(changesAfter(ONLINE_WINDOW_MS - 30_000));
});

test('a sign of life by a clock that was set back does', () => {
  assert.ok(changesAfter(-1));
});
