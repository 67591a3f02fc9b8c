import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCatalogSuite } from './catalog-suite.ts';
import { entry } from './entries.ts';
import { assertFails, NOW_MS, share } from './support.ts';
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

test('whoever asks something cheap does not wait for costly queries, which can be cancelled', async (t) => {
  const catalog = await openSqliteCatalog({ folder: await ownFolder(t) });
  t.after(() => catalog.close());
  const entries = Array.from({ length: 8_000 }, (_, at) => entry(`folder ${at % 100}/song ${at}`));
  await share(catalog, 'ann', [...entries, entry('needle')]);
  const done: string[] = [];
  const ask = async (query: string, signal?: AbortSignal): Promise<void> => {
    const { total } = await catalog.find(query, {}, NOW_MS, signal);
    done.push(`${query} ${total}`);
  };
  const controller = new AbortController();
  const costly = [ask('so'), ask('on'), ask('ng')];
  const unwanted = assertFails('cancelled', ask('er', controller.signal));
  await ask('needle');
  assert.deepEqual(done, ['needle 1']);
  controller.abort();
  await unwanted;
  await Promise.all(costly);
  assert.deepEqual(done, ['needle 1', 'so 8000', 'on 8000', 'ng 8000']);
});
