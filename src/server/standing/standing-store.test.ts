import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MATCHES_WAITING_MAX, PEER_TOLD_MAX, PEER_WAITING_MAX, WATCHES_MAX } from '../../protocol/limits.ts';
import { contentId, openStandingStore } from './standing-store.ts';

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

test('what was told in a change that came to nothing is told again', (t) => {
  const store = openStandingStore(':memory:', () => 0);
  t.after(() => {
    store.close();
  });
  const watch = store.add('ada', 'needle');
  const entry = { path: 'needle', sizeBytes: 1, sha1: '1'.repeat(40) };
  assert.throws(() =>
    store.atomically(() => {
      store.tell(watch, BOB, entry);
      // Twice: what it was asked once it remembers.
      assert.ok(store.isTold(watch, entry) && store.isTold(watch, entry));
      throw new Error('the disk is full');
    }),
  );
  assert.ok(!store.isTold(watch, entry));
  assert.ok(store.tell(watch, BOB, entry) && !store.tell(watch, BOB, entry));
  assert.equal(store.unseen(watch, 0).matches.length, 1);
});

test('what was forgotten to be told is told again, also what was asked for just before', (t) => {
  const store = openStandingStore(':memory:', () => 0);
  t.after(() => {
    store.close();
  });
  const watch = store.add('ada', 'needle');
  for (let more = 1; more < WATCHES_MAX; more += 1) store.add('ada', `needle-${more}`);
  const entryOf = (n: number) => ({ path: 'needle', sizeBytes: n, sha1: n.toString(16).padEnd(40, '0') });
  const entries = Array.from({ length: PEER_TOLD_MAX / WATCHES_MAX }, (_, n) => entryOf(n));
  store.know(watch, entries.map(contentId));
  const [oldest = entryOf(0), next = entryOf(1)] = entries;
  assert.ok(store.isTold(watch, oldest) && store.isTold(watch, next));
  assert.ok(store.tell(watch, BOB, entryOf(entries.length)));
  store.trim(watch, 1);
  assert.ok(!store.isTold(watch, oldest) && store.isTold(watch, next));
});
