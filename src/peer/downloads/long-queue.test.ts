import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { createFixture, FAST, type Fixture } from '../../../test/support/transfer-fixture.ts';
import type { DownloadChange, DownloadView } from '../control.ts';
import type { Downloads } from './downloads.ts';
import { STEP_ROWS } from './steps.ts';
import { openDownloadStore } from './store/download-store.ts';
import type { OutcomeKind } from './store/rows.ts';

const NEVER = { ...FAST, callTimeoutMs: 10_000, retry: { firstMs: 60_000, lastMs: 60_000 } };
/** Some steps, the last of them short. */
const COUNT = 2 * STEP_ROWS + 100;

type Seed = { readonly count: number; readonly outcome: OutcomeKind; readonly dueMs?: number };

/** A queue that another process left. */
function seed({ root }: Fixture, seeds: readonly Seed[]): void {
  const file = join(root, 'downloads.db');
  openDownloadStore(file).close();
  const database = new Database(file);
  const add = database.prepare(
    `INSERT INTO download (number, id, position, due_ms, name, sha1, size_bytes, folder, path, outcome)
      VALUES (@number, @id, @number * 1048576, @dueMs, @id, @sha1, 10, @folder, @path, @outcome)`,
  );
  const kinds = seeds.flatMap((each) => Array.from({ length: each.count }, () => each));
  database.transaction(() => {
    for (const [at, { outcome, dueMs = 0 }] of kinds.entries()) {
      const id = idOf(at);
      const [folder, path] = [root, join(root, id)];
      add.run({ number: at + 1, id, dueMs, sha1: id.padStart(40, '0'), folder, path, outcome });
    }
  })();
  database.close();
}

function idOf(at: number): string {
  return String(at).padStart(36, '0');
}

async function setUp(t: TestContext, seeds: readonly Seed[] = [{ count: COUNT, outcome: 'open' }]) {
  const fixture = await createFixture(t);
  seed(fixture, seeds);
  const asked: string[] = [];
  const open = (): Downloads =>
    fixture.downloads({
      sources: () => [],
      link: {
        sources: (sha1) => {
          asked.push(sha1);
          return Promise.resolve([]);
        },
        ticket: () => fixture.ticket,
        onOnline: () => () => undefined,
      },
      timing: NEVER,
    });
  return { ...fixture, asked, open };
}

function rowsOf(downloads: Downloads, filter?: 'paused' | 'failed' | 'done'): readonly DownloadView[] {
  return downloads.list({ filter, limit: 20_000 }).rows;
}

function idsOf(downloads: Downloads): readonly string[] {
  return rowsOf(downloads).map(({ id }) => id);
}

/** Makes a change, and counts the turns that others had meanwhile. */
async function changeAll(downloads: Downloads, change: DownloadChange, state?: 'failed' | 'done') {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const count = await downloads.change({ state }, change);
  isOver = true;
  return { count, turns };
}

describe('a long queue', () => {
  it('is paused, resumed, tried again and cancelled step by step, others having their turn in between', async (t) => {
    const { open } = await setUp(t);
    const downloads = open();
    for (const action of ['pause', 'resume', 'retry', 'pause', 'cancel'] as const) {
      const { count, turns } = await changeAll(downloads, { action });
      assert.equal(count, COUNT, action);
      assert.ok(turns >= COUNT / STEP_ROWS - 1, `${turns} turns in ${action}`);
      if (action === 'pause') assert.equal(rowsOf(downloads, 'paused').length, COUNT);
      if (action === 'resume') assert.equal(rowsOf(downloads, 'paused').length, 0);
    }
    assert.deepEqual(rowsOf(downloads), []);
  });

  it('is changed only where that applies, and cancelled while it is at work', async (t) => {
    const kinds = ['open', 'paused', 'failed', 'done'] as const;
    const { open } = await setUp(
      t,
      kinds.map((outcome) => ({ outcome, count: STEP_ROWS })),
    );
    const downloads = open();
    assert.equal((await changeAll(downloads, { action: 'retry' }, 'failed')).count, STEP_ROWS);
    assert.equal((await changeAll(downloads, { action: 'cancel' })).count, 3 * STEP_ROWS);
    assert.equal(rowsOf(downloads).length, STEP_ROWS);
    assert.equal((await changeAll(downloads, { action: 'clear' }, 'done')).count, STEP_ROWS);
    assert.deepEqual(rowsOf(downloads), []);
  });

  it('keeps its order where much of it is moved', async (t) => {
    const { open } = await setUp(t);
    const downloads = open();
    const ids = idsOf(downloads);
    const [half = '', last = ''] = [ids[COUNT / 2], ids.at(-1)];
    assert.equal(await downloads.change({}, { action: 'move', to: 'front' }), COUNT);
    assert.deepEqual(idsOf(downloads), ids);
    assert.equal(await downloads.change({}, { action: 'move', to: 'back' }), COUNT);
    assert.deepEqual(idsOf(downloads), ids);
    assert.equal(await downloads.change({}, { action: 'move', to: { before: half } }), COUNT - 1);
    const others = ids.filter((id) => id !== half);
    assert.deepEqual(idsOf(downloads), [...others, half]);
    assert.equal(await downloads.change({ ids: [last, half] }, { action: 'move', to: 'front' }), 2);
    assert.deepEqual(idsOf(downloads).slice(0, 3), [last, half, ids[0]]);
  });

  it('has each download as it was, or changed, when the peer stops half way', async (t) => {
    const { open } = await setUp(t);
    const downloads = open();
    const paused = downloads.change({}, { action: 'pause' });
    const refused = assert.rejects(paused, { code: 'shutting-down' });
    await downloads.close();
    await refused;
    const again = open();
    const ids = rowsOf(again, 'paused').map(({ id }) => id);
    assert.ok(ids.length >= STEP_ROWS && ids.length < COUNT, `${ids.length} are paused`);
    assert.deepEqual(ids, idsOf(again).slice(-ids.length), 'the last ones are paused first');
    assert.equal(idsOf(again).length, COUNT);
  });

  it('is tried from its front where a process left all of it for later, and keeps so many that are done', async (t) => {
    const doneMax = 10_000;
    const { open, asked } = await setUp(t, [
      { count: COUNT, outcome: 'open', dueMs: Date.now() + 86_400_000 },
      { count: doneMax + COUNT, outcome: 'done' },
    ]);
    const downloads = open();
    while (asked.length === 0 || rowsOf(downloads, 'done').length > doneMax) await new Promise(setImmediate);
    assert.equal(asked[0], idOf(0).padStart(40, '0'));
    assert.equal(rowsOf(downloads, 'done').length, doneMax);
    assert.equal(rowsOf(downloads, 'done').at(-1)?.id, idOf(COUNT + doneMax + COUNT - 1), 'the first ones went');
  });
});
