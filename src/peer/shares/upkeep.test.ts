import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { pino } from 'pino';
import { createDirtyFolders } from './dirty-folders.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';

/** An upkeep of shares whose walks end when they are told to. */
function createGatedUpkeep(labels: readonly string[], signal: AbortSignal) {
  const gates = new Map(labels.map((label) => [label, Promise.withResolvers<undefined>()]));
  const upkeep = createUpkeep({
    watched: labels.map((label) => ({
      share: { label, folder: tmpdir() },
      scanner: { walk: () => gates.get(label)?.promise ?? Promise.resolve(), rescan: () => Promise.resolve() },
      isWatched: () => true,
    })),
    dirty: createDirtyFolders(),
    retired: { labels: () => [], purge: () => false },
    now: Date.now,
    log: pino({ level: 'silent' }),
    signal,
    onWalked: () => undefined,
  });
  return { upkeep, gates };
}

async function untilLooking(upkeep: Upkeep, labels: readonly string[], wanted: readonly boolean[]): Promise<void> {
  while (String(labels.map(upkeep.isLooking)) !== String(wanted)) await breathe();
}

test('a share is being looked through until the walk has come to its end', async (t) => {
  const labels = ['A', 'B'];
  const { upkeep, gates } = createGatedUpkeep(labels, t.signal);
  assert.deepEqual(labels.map(upkeep.isLooking), [false, false]);
  const walked = upkeep.walkAll();
  await untilLooking(upkeep, labels, [true, true]);
  gates.get('A')?.resolve(undefined);
  await untilLooking(upkeep, labels, [false, true]);
  gates.get('B')?.resolve(undefined);
  await walked;
  assert.deepEqual(labels.map(upkeep.isLooking), [false, false]);
});

test('of a walk that failed nothing is left to look through', async (t) => {
  const { upkeep, gates } = createGatedUpkeep(['A', 'B'], t.signal);
  const gate = gates.get('A');
  // It may fail before the walk gets there.
  gate?.promise.catch(() => undefined);
  gate?.reject(new Error('the database fails'));
  await assert.rejects(upkeep.walkAll(), /the database fails/);
  assert.deepEqual(['A', 'B'].map(upkeep.isLooking), [false, false]);
});
