import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MATCHES_WAITING_MAX, PEER_WAITING_MAX, WATCHES_MAX } from '../../protocol/limits.ts';
import { openStandingStore } from './standing-store.ts';

const BOB = { id: 'bob', username: 'Bob' };

/** Leaves a watch in a database, if it has none, has it told of something, and returns their numbers. */
function tell(file: string, nowMs: number, digit: string): { watch: number; mark: number } {
  const store = openStandingStore(file, () => nowMs);
  try {
    const watch = store.find('ada', 'needle') ?? store.add('ada', 'needle');
    store.tell(watch, BOB, { path: `needle-${digit}`, sizeBytes: 1, sha1: digit.repeat(40) });
    return { watch, mark: store.unseen(watch, 0).matches.at(-1)?.mark ?? 0 };
  } finally {
    store.close();
  }
}

test('ids and marks of a new database are above those of one that was lost, and marks grow through clocks set back', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-standing-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const lost = tell(join(folder, 'lost.db'), 1_000_000, '1');
  const fresh = tell(join(folder, 'fresh.db'), 1_000_500, '1');
  assert.ok(fresh.watch > lost.watch && fresh.mark > lost.mark);
  const later = tell(join(folder, 'fresh.db'), 2_000_000, '2');
  assert.deepEqual([later.watch, later.mark > fresh.mark], [fresh.watch, true]);
  assert.equal(tell(join(folder, 'fresh.db'), 5, '3').mark, later.mark + 1);
});

test('what is held for a watch is no more than could wait to be seen', (t) => {
  const store = openStandingStore(':memory:', () => 0);
  t.after(() => {
    store.close();
  });
  const watch = store.add('ada', 'needle');
  assert.equal(store.roomToHold('bob', watch), MATCHES_WAITING_MAX);
  for (let more = 1; more < WATCHES_MAX; more += 1) store.add('ada', `needle-${more}`);
  store.hold(watch, BOB, 'token', { path: 'needle', sizeBytes: 1, sha1: '1'.repeat(40) });
  assert.equal(store.roomToHold('bob', watch), PEER_WAITING_MAX / WATCHES_MAX - 1);
});
