import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContents, FIND_CONTENT } from './contents.ts';
import { openForWriting } from './database.ts';

const sha1 = 'ab'.repeat(20);

test('a content is found by all of its fields in one index, root or none', () => {
  const database = openForWriting(':memory:');
  const plan = database
    .prepare<[Buffer, number, Buffer | null], { detail: string }>(`EXPLAIN QUERY PLAN ${FIND_CONTENT}`)
    .all(Buffer.from(sha1, 'hex'), 1, null);
  assert.deepEqual(
    plan.map(({ detail }) => detail),
    ['SEARCH content USING COVERING INDEX content_identity (sha1=? AND size_bytes=? AND root=?)'],
  );
  database.close();
});

test('contents differ in SHA-1, size and root', () => {
  const database = openForWriting(':memory:');
  const contents = createContents(database);
  const entries = [
    { path: 'a', sizeBytes: 1, sha1 },
    { path: 'a', sizeBytes: 2, sha1 },
    { path: 'a', sizeBytes: 1, sha1, root: 'cd'.repeat(32) },
    { path: 'a', sizeBytes: 1, sha1: 'cd'.repeat(20) },
  ];
  const keys = entries.map((entry) => contents.keyOf(entry));
  assert.equal(new Set(keys).size, entries.length);
  assert.deepEqual(
    entries.map((entry) => contents.keyOf({ ...entry, path: 'b' })),
    keys,
  );
  database.close();
});
