import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../domain/query-parse.ts';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import { createFinder, SEARCH_BUDGET, type Found, type SearchBudget } from './candidates.ts';
import { openForWriting, type Database } from './database.ts';
import { createLists } from './lists.ts';

const NOW_MS = 1_000_000;
const SHA1 = 'ab'.repeat(20);
const PATHS = ['a/song', 'b/song', 'c/song', 'd/song'];
/** By text, by hash, by peer and by looking at all. */
const QUERIES = ['song', `sha1:${SHA1}`, 'peer:ann', 'so'];

/** Two peers with the same entries; the first is offline. */
function openTwoPeers(): Database {
  const database = openForWriting(':memory:');
  database.exec(`INSERT INTO peer (key, id, username, password_hash, login_at_ms, files, size_bytes)
    VALUES (1, 'id-1', 'off', '', 0, 0, 0), (2, 'id-2', 'Ann', '', 0, 0, 0);
    INSERT INTO session VALUES (1, '', NULL, 0, ${NOW_MS}, '192.0.2.1', 1, NULL),
      (2, '', NULL, 1, ${NOW_MS}, '192.0.2.1', 1, NULL)`);
  const list = encodeFileList(PATHS.map((path) => ({ path, sizeBytes: 1, sha1: SHA1 })));
  const lists = createLists(database);
  for (const peer of [1, 2]) lists.replace(peer, list);
  return database;
}

function noCheck(): void {
  // Nothing ends these queries but their budget.
}

function foundWithin(database: Database, budget: Partial<SearchBudget>, scope: HolderScope = 'online'): Found[] {
  const find = createFinder(database, scope, { ...SEARCH_BUDGET, ...budget });
  return QUERIES.map((query) => find(parseQuery(query), NOW_MS, noCheck));
}

function countsWithin(...args: Parameters<typeof foundWithin>): number[] {
  return foundWithin(...args).map(({ matches }) => matches.length);
}

test('a query looks at entries within its budget: their number, and the bytes of their paths', () => {
  const database = openTwoPeers();
  assert.deepEqual(countsWithin(database, {}), [4, 4, 4, 4]);
  assert.deepEqual(countsWithin(database, { entriesMax: 3 }), [3, 3, 3, 3]);
  assert.deepEqual(countsWithin(database, { pathBytesMax: 2 * 'a/song'.length }), [2, 2, 2, 2]);
  // The statements that were left early are closed.
  createLists(database).replace(2, new Uint8Array());
  assert.deepEqual(countsWithin(database, {}), [0, 0, 0, 0]);
  database.close();
});

test('what an index proposes counts, whether or not its peer is reachable', () => {
  const database = openTwoPeers();
  assert.deepEqual(countsWithin(database, { proposedMax: PATHS.length }), [0, 0, 4, 4]);
  assert.deepEqual(countsWithin(database, { proposedMax: PATHS.length + 1 }), [1, 1, 4, 4]);
  database.close();
});

test('all holders are looked at where all are asked for', () => {
  const database = openTwoPeers();
  assert.deepEqual(countsWithin(database, {}, 'all'), [8, 8, 4, 8]);
  database.close();
});

test('whatever is left out is told of', () => {
  const database = openTwoPeers();
  const boundedWithin = (budget: Partial<SearchBudget>): boolean[] =>
    foundWithin(database, budget).map(({ bounded }) => bounded);
  assert.deepEqual(boundedWithin({}), [false, false, false, false]);
  assert.deepEqual(boundedWithin({ entriesMax: 3 }), [true, true, true, true]);
  assert.deepEqual(boundedWithin({ proposedMax: 7 }), [true, true, false, false]);
  assert.deepEqual(boundedWithin({ proposedMax: 8 }), [false, false, false, false]);
  database.close();
});
