import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../domain/query-parse.ts';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import { createFinder, SEARCH_BUDGET, type SearchBudget } from './candidates.ts';
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

function countsWithin(database: Database, budget: Partial<SearchBudget>): number[] {
  const find = createFinder(database, { ...SEARCH_BUDGET, ...budget });
  return QUERIES.map((query) => find(parseQuery(query), NOW_MS).length);
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
