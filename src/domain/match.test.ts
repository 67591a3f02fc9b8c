import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from './fold.ts';
import { matches, viewEntry, viewPeer } from './match.ts';
import { parseQuery } from './query-parse.ts';

const SHA1 = '1'.repeat(40);
const ROOT = '2'.repeat(64);
const BOB = viewPeer({ username: 'bob', id: '1' });
const SONG = viewEntry(
  { path: 'Musique/Café del Mar/01 Énergie.TAR.gz', sizeBytes: 5_000_000, sha1: SHA1, root: ROOT },
  viewPeer({ username: 'Zoë', id: 'Ab1' }),
);

const HOLDS = [
  'energie',
  'musique ENERGIE',
  'mar/01',
  '"del mar"',
  'é',
  'caf -techno',
  '-ext:mp3 cafe',
  'ext:gz',
  'ext:tar.gz',
  'ext:mp3,gz',
  'type:archive',
  'size:=5MB',
  'size:4MB..6MB',
  'peer:zoe',
  'peer:Ab1',
  `sha1:${SHA1}`,
  `root:${ROOT}`,
];

const FAILS = [
  'energie techno',
  'energie -musique',
  '"mar del"',
  'ext:r.gz',
  'type:audio',
  'size:>5MB',
  'size:6MB..4MB',
  'peer:zo',
  'peer:ab1',
  `sha1:${'2'.repeat(40)}`,
  `root:${'1'.repeat(64)}`,
];

test('a query holds when all its terms do', () => {
  for (const query of HOLDS) assert.equal(matches(parseQuery(query), SONG), true, query);
  for (const query of FAILS) assert.equal(matches(parseQuery(query), SONG), false, query);
});

test('a name that begins with its only dot has no extension', () => {
  const hidden = viewEntry({ path: 'a/.mp3', sizeBytes: 0, sha1: SHA1 }, BOB);
  assert.equal(matches(parseQuery('ext:mp3'), hidden), false);
});

test('an entry without a root matches no root', () => {
  const bare = viewEntry({ path: 'a', sizeBytes: 0, sha1: SHA1 }, BOB);
  assert.equal(matches(parseQuery(`root:${ROOT}`), bare), false);
  assert.equal(matches(parseQuery(`a -root:${ROOT}`), bare), true);
});

test('the folded name is the end of the folded path, whatever the characters', () => {
  const path = fc.string({ unit: fc.constantFrom('/', 'a', '℀', '⅓', 'か', '\u3099', '\u0301', '／', 'Σ', '\u200b') });
  fc.assert(
    fc.property(path, (value) => {
      const view = viewEntry({ path: value, sizeBytes: 0, sha1: SHA1 }, BOB);
      assert.equal(view.foldedPath, fold(value));
      assert.ok(view.foldedPath.endsWith(view.foldedName));
    }),
  );
});
