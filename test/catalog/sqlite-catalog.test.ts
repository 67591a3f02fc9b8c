import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCatalogSuite } from './catalog-suite.ts';
import { entry } from './entries.ts';
import { allPages, assertFails, NOW_MS, register, share } from './support.ts';
import { encodeChanges } from '../../src/protocol/codecs/list-changes.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';

async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'swapmeet-catalog-'));
}

runCatalogSuite('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    open: () => openSqliteCatalog({ folder }),
    remove: () => rm(folder, { recursive: true }),
  };
});

async function ownFolder(t: TestContext): Promise<string> {
  const folder = await temporaryFolder();
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('a folder has one catalog open at a time', async (t) => {
  const folder = await ownFolder(t);
  const catalog = await openSqliteCatalog({ folder });
  await assertFails('already-running', openSqliteCatalog({ folder }));
  await catalog.close();
  await (await openSqliteCatalog({ folder })).close();
});

test('a file that is no database is a disk error, and keeps nothing open', async (t) => {
  const folder = await ownFolder(t);
  await writeFile(join(folder, 'catalog.db'), 'this is no database, but long enough to be mistaken for one'.repeat(99));
  await assertFails('disk-error', openSqliteCatalog({ folder }));
  await rm(join(folder, 'catalog.db'));
  const catalog = await openSqliteCatalog({ folder });
  assert.equal(await catalog.findByUsername('ann'), undefined);
  await catalog.close();
});

test('queries are answered beside each other, and one that nobody waits for is cancelled', async (t) => {
  const catalog = await openSqliteCatalog({ folder: await ownFolder(t) });
  t.after(() => catalog.close());
  const entries = Array.from({ length: 8_000 }, (_, at) => entry(`folder ${at % 100}/song ${at}`));
  await share(catalog, 'ann', [...entries, entry('needle')]);
  const controller = new AbortController();
  const unwanted = assertFails('cancelled', catalog.find('er', {}, NOW_MS, controller.signal));
  controller.abort();
  const [common, rare] = await Promise.all([catalog.find('song', {}, NOW_MS), catalog.find('needle', {}, NOW_MS)]);
  await unwanted;
  assert.equal(common.bounded, true);
  assert.ok(common.total < 8_000, 'only a bounded set is ranked');
  assert.deepEqual([rare.total, rare.bounded], [1, false]);
});

test('of a query that matches much, all can be had, page by page', async (t) => {
  const catalog = await openSqliteCatalog({ folder: await ownFolder(t) });
  t.after(() => catalog.close());
  const entries = Array.from({ length: 3_000 }, (_, at) => entry(`folder ${at % 100}/song ${at}`));
  await share(catalog, 'ann', entries);
  const rows = await allPages(async (page) => {
    const { total, bounded, ...found } = await catalog.find('song', { ...page, matches: 'all' }, NOW_MS);
    assert.deepEqual([total, bounded], [entries.length, false]);
    return found;
  }, 1_000);
  assert.deepEqual(new Set(rows.map(({ path }) => path)), new Set(entries.map(({ path }) => path)));
  assert.equal(rows.length, entries.length);
});

test('segments become few, and hold what is in effect and nothing else', { timeout: 60_000 }, async (t) => {
  const folder = await ownFolder(t);
  const catalog = await openSqliteCatalog({ folder });
  t.after(() => catalog.close());
  const listOf = (at: number) => [entry(`folder/song ${at}`), entry(`other/tune ${at % 5}`)];
  const id = await share(catalog, 'ann', listOf(0));
  for (let at = 1; at < 30; at += 1) await catalog.replaceEntries(id, encodeFileList(listOf(at)));
  await share(catalog, 'bob', listOf(7));
  while ((await readdir(join(folder, 'segments'))).length > 12) await sleep(100);
  const { rows } = await catalog.search('song', {}, NOW_MS);
  assert.deepEqual(
    rows.map(({ username, path }) => `${username} ${path}`),
    ['bob folder/song 7', 'ann folder/song 29'],
  );
});

test('a segment that is missing is a disk error that says what to do', async (t) => {
  const folder = await ownFolder(t);
  const catalog = await openSqliteCatalog({ folder });
  await share(catalog, 'ann', [entry('song')]);
  await catalog.close();
  const [name = ''] = await readdir(join(folder, 'segments'));
  await rm(join(folder, 'segments', name));
  await assertFails('disk-error', openSqliteCatalog({ folder }), /missing/);
});

test('what is refused leaves nothing on the disk', async (t) => {
  const folder = await ownFolder(t);
  const catalog = await openSqliteCatalog({ folder });
  t.after(() => catalog.close());
  const id = await share(catalog, 'ann', [entry('song')]);
  const files = async (): Promise<number> => (await readdir(join(folder, 'segments'))).length;
  const before = await files();
  await assertFails('name-taken', register(catalog, 'ANN', [entry('other')]));
  await assertFails('bad-line', catalog.replaceEntries(id, Buffer.from('no line')));
  const { revision } = await catalog.listState(id);
  const changes = Array.from({ length: 5 }, (_, at) => encodeChanges([{ add: entry(`tune ${at}`) }]));
  const outcomes = await Promise.allSettled(changes.map((change) => catalog.applyDelta(id, revision, change)));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await files(), before + 1);
});

test('a list that is nearly all folders is refused', async (t) => {
  const catalog = await openSqliteCatalog({ folder: await ownFolder(t) });
  t.after(() => catalog.close());
  const id = await share(catalog, 'ann', []);
  const deep = Array.from({ length: 60 }, (_, at) => entry(`${at}${'/a'.repeat(2_000)}`));
  await assertFails('bad-line', catalog.replaceEntries(id, encodeFileList(deep)), /folders/);
  await catalog.replaceEntries(id, encodeFileList(deep.slice(0, 20)));
});
