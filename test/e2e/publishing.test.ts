import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { runJson } from '../support/processes.ts';
import { createNetwork, eventually, type Network } from './network.ts';

const FOLDERS = 100;
const FILES = 12_000;
/** Escaped, the lines of such files, in such folders, fill thirty parts. A path stays below the 1,024 bytes that macOS takes. */
const LONG_NAME = '%'.repeat(200);
const DEPTH = 3;
const PARTS_BEFORE_KILL = 3;
const POLL_MS = 2;
const TIMEOUT_MS = 150_000;

type Upload = { token: string; parts: number };

function folderOfAda(network: Network, at: number): string {
  return network.path('ada', 'files', ...Array<string>(DEPTH - 1).fill(LONG_NAME), `${LONG_NAME} ${at}`);
}

async function makeFiles(network: Network): Promise<void> {
  for (let at = 0; at < FOLDERS; at += 1) {
    const folder = folderOfAda(network, at);
    await mkdir(folder, { recursive: true });
    const names = Array.from({ length: FILES / FOLDERS }, (_, file) => `${LONG_NAME} ${file}.txt`);
    await Promise.all(names.map((name) => writeFile(join(folder, name), `${at} ${name}`)));
  }
}

/** Looks into the catalog beside the server. */
function readCatalog(network: Network, query: string): unknown {
  const database = new Database(network.path('server', 'catalog.db'), { readonly: true });
  try {
    return database.prepare(query).get();
  } finally {
    database.close();
  }
}

function uploadOfAda(network: Network): Upload | undefined {
  return readCatalog(network, 'SELECT token, parts FROM upload') as Upload | undefined;
}

function revisionOfAda(network: Network): string | undefined {
  const row = readCatalog(network, `SELECT revision FROM peer WHERE username = 'ada'`);
  return (row as { revision: string } | undefined)?.revision;
}

/** Gives the list another revision, as if it came from an old copy of the catalog. */
function restoreCatalog(network: Network, revision: string): void {
  const database = new Database(network.path('server', 'catalog.db'));
  database.prepare(`UPDATE peer SET revision = ? WHERE username = 'ada'`).run(revision);
  database.close();
}

async function uploadUnderWay(network: Network): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  while ((uploadOfAda(network)?.parts ?? 0) < PARTS_BEFORE_KILL) await sleep(POLL_MS, undefined, { signal });
}

async function allListed(network: Network): Promise<void> {
  const query = `SELECT files FROM peer WHERE username = 'ada'`;
  const files = () => Promise.resolve((readCatalog(network, query) as { files: number } | undefined)?.files);
  await eventually(files, (listed) => listed === FILES, TIMEOUT_MS);
}

async function found(network: Network, query: string): Promise<void> {
  const search = () => runJson<{ path: string }>(['search', query, ...network.data('bob')]).catch(() => []);
  await eventually(search, (rows) => rows.length === 1, TIMEOUT_MS);
}

describe('a share of many files', () => {
  it('is published by its changes, and by parts that outlive the server', async (t) => {
    const network = await createNetwork(t);
    await network.peer('bob');
    const ada = await network.peer('ada');
    await makeFiles(network);
    await allListed(network);

    const published = revisionOfAda(network);
    await ada.stop();
    const again = await network.again('ada');
    assert.equal(revisionOfAda(network), published, 'an unchanged share is not sent again');

    const folder = folderOfAda(network, 7);
    await writeFile(join(folder, 'quite new.txt'), 'quite new');
    await rename(join(folder, `${LONG_NAME} 0.txt`), join(folder, 'moved elsewhere.txt'));
    await rm(join(folder, `${LONG_NAME} 1.txt`));
    await found(network, '"quite new"');
    await found(network, '"moved elsewhere"');
    await allListed(network);
    assert.doesNotMatch(again.stderr(), /list published/, 'a few changes are sent as such');

    await network.server().kill();
    restoreCatalog(network, 'restored');
    await network.restartServer();
    await uploadUnderWay(network);
    await network.server().kill();
    const staged = uploadOfAda(network);
    assert.ok((staged?.parts ?? 0) >= PARTS_BEFORE_KILL);
    assert.equal(revisionOfAda(network), 'restored', 'it was killed before the list took effect');
    await network.restartServer();
    await eventually(
      () => Promise.resolve(/"resumedAt":(\d+)/.exec(again.stderr())?.[1]),
      (resumedAt) => Number(resumedAt) === staged?.parts,
      TIMEOUT_MS,
    );
    assert.equal(uploadOfAda(network), undefined);
    await found(network, '"quite new"');
    await allListed(network);
  });
});
