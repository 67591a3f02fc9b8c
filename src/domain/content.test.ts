import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentKey } from './content.ts';

const sha1 = '1'.repeat(40);

test('entries are of one content when SHA-1, size and root are equal', () => {
  const root = '2'.repeat(64);
  assert.equal(contentKey({ sha1, sizeBytes: 1, root }), contentKey({ sha1, sizeBytes: 1, root }));
  const others = [
    { sha1, sizeBytes: 1 },
    { sha1, sizeBytes: 2, root },
    { sha1, sizeBytes: 1, root: '3'.repeat(64) },
    { sha1: '4'.repeat(40), sizeBytes: 1, root },
  ];
  for (const other of others) assert.notEqual(contentKey(other), contentKey({ sha1, sizeBytes: 1, root }));
});
