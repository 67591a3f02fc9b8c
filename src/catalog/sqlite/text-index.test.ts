import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openForWriting, type Database } from './database.ts';
import { createTextIndex, matchExpression, refreshTextIndex, trigramsOf } from './text-index.ts';

function found(database: Database, ...texts: string[]): unknown[] {
  const expression = matchExpression(texts);
  assert.ok(expression !== undefined);
  return database.prepare('SELECT rowid FROM entry_text WHERE entry_text MATCH ?').pluck().all(expression);
}

test('trigrams are of code points, and short texts have none', () => {
  assert.deepEqual(trigramsOf('abcd'), ['abc', 'bcd']);
  assert.deepEqual(trigramsOf('a😀b'), ['a😀b']);
  assert.deepEqual(trigramsOf('日本'), []);
  assert.deepEqual(trigramsOf(''), []);
});

test('an expression asks for each trigram once, quoted, and for a limited number', () => {
  assert.equal(matchExpression(['a"bc', 'a"b', 'x']), '"a""b" AND """bc"');
  assert.equal(matchExpression(['ab', '日本']), undefined);
  const long = Array.from({ length: 1_000 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join('');
  assert.equal(matchExpression([long])?.split(' AND ').length, 48);
});

test('what was added is found by any part, and not once it was removed', () => {
  const database = openForWriting(':memory:');
  const index = createTextIndex(database);
  const paths = ['Musik/Größe.mp3', 'a AND "b" OR *', 'x😀日本語'];
  paths.forEach((path, at) => {
    index.add(at + 1, path);
  });
  assert.deepEqual(found(database, 'grosse'), [1]);
  assert.deepEqual(found(database, 'and "b"', ' or *'), [2]);
  assert.deepEqual(found(database, '😀日本語'), [3]);
  paths.forEach((path, at) => {
    index.remove(at + 1, path);
  });
  for (const text of ['grosse', 'and "b"', '日本語']) assert.deepEqual(found(database, text), []);
  database.close();
});

test('the index is built anew for another folding, and only then', () => {
  const database = openForWriting(':memory:');
  refreshTextIndex(database, '1.0');
  database.exec(`
    INSERT INTO peer (key, id, username, password_hash, login_at_ms, files, size_bytes)
    VALUES (1, 'id', 'ann', '', 0, 0, 0);
    INSERT INTO folder VALUES (1, 1, 'folder'), (2, 1, '');
    INSERT INTO content VALUES (1, x'00', 0, NULL);
    INSERT INTO entry VALUES (1, 1, 'Song', 1), (2, 2, 'top', 1);
    INSERT INTO entry_text (rowid, path) VALUES (1, 'folded otherwise');
  `);
  refreshTextIndex(database, '1.0');
  assert.deepEqual(found(database, 'otherwise'), [1]);
  refreshTextIndex(database, '2.0');
  assert.deepEqual(found(database, 'otherwise'), []);
  assert.deepEqual(found(database, 'folder/song'), [1]);
  assert.deepEqual(found(database, 'top'), [2]);
  database.close();
});
