import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameText } from './other-names.ts';

function textOf(path: string, ...held: string[]): string {
  const holders = held.map((name, at) => ({
    id: `${at}`,
    username: `u${at}`,
    path: name,
    presence: 'online' as const,
  }));
  return nameText({ path, holders });
}

test('a name that all holders have stands alone, whatever their folders', () => {
  assert.equal(textOf('a/lake.mkv', 'a/lake.mkv', 'b/c/lake.mkv'), 'a/lake.mkv');
  assert.equal(textOf('a/lake.mkv'), 'a/lake.mkv');
});

test('other names are told once each, and many are counted', () => {
  assert.equal(textOf('a/lake.mkv', 'b/x.mkv', 'a/lake.mkv', 'c/x.mkv'), 'a/lake.mkv  (also x.mkv)');
  assert.equal(textOf('a/1', 'a/2', 'a/3', 'a/4', 'a/5'), 'a/1  (also 2, 3 and 2 more)');
});
