import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import { openForWriting, type Database } from './database.ts';
import { createLists, type Lists } from './lists.ts';

const sha1 = 'ab'.repeat(20);
const root = 'cd'.repeat(32);

/** Two peers, 1 and 2, that share nothing yet. */
function openTwoPeers(): { database: Database; lists: Lists } {
  const database = openForWriting(':memory:');
  database.exec(
    `INSERT INTO peer (key, id, username, password_hash, login_at_ms, files, size_bytes)
    VALUES (1, 'id-1', 'ann', '', 0, 0, 0), (2, 'id-2', 'bob', '', 0, 0, 0)`,
  );
  return { database, lists: createLists(database) };
}

function rowsOf(database: Database): Record<string, unknown> {
  const count = (table: string): unknown => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  return { entries: count('entry'), folders: count('folder'), contents: count('content') };
}

function changesMade(database: Database, act: () => void): number {
  const total = database.prepare<[], number>('SELECT total_changes()').pluck();
  const before = total.get() ?? 0;
  act();
  return (total.get() ?? 0) - before;
}

test('a folder and a content are stored once, and go with their last entry', () => {
  const { database, lists } = openTwoPeers();
  const entry = { sizeBytes: 1, sha1, root };
  lists.replace(
    1,
    encodeFileList([
      { path: 'x/a', ...entry },
      { path: 'x/b', ...entry },
      { path: 'c', ...entry },
    ]),
  );
  lists.replace(
    2,
    encodeFileList([
      { path: 'x/a', ...entry },
      { path: 'd', ...entry, sizeBytes: 2 },
    ]),
  );
  assert.deepEqual(rowsOf(database), { entries: 5, folders: 4, contents: 2 });
  lists.replace(2, new Uint8Array());
  assert.deepEqual(rowsOf(database), { entries: 3, folders: 2, contents: 1 });
  lists.replace(1, encodeFileList([{ path: 'c', sizeBytes: 1, sha1 }]));
  assert.deepEqual(rowsOf(database), { entries: 1, folders: 1, contents: 1 });
  lists.replace(1, new Uint8Array());
  assert.deepEqual(rowsOf(database), { entries: 0, folders: 0, contents: 0 });
  assert.deepEqual(database.prepare(`SELECT * FROM entry_text WHERE entry_text MATCH '"x/a"'`).all(), []);
  database.close();
});

test('an equal list writes nothing but the totals', () => {
  const { database, lists } = openTwoPeers();
  const list = encodeFileList(
    Array.from({ length: 100 }, (_, at) => ({ path: `${at % 7}/${at}`, sizeBytes: at, sha1, root })),
  );
  lists.replace(1, list);
  assert.equal(
    changesMade(database, () => {
      lists.replace(1, list);
    }),
    1,
  );
  database.close();
});
