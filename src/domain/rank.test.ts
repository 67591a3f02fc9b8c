import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewEntry, viewPeer } from './match.ts';
import { parseQuery } from './query-parse.ts';
import { compareRanks, rankedWords, rankOf } from './rank.ts';

type Hit = { readonly path: string; readonly sourceCount?: number; readonly id?: string };

/** The paths of hits in the order of their ranks. */
function order(query: string, hits: readonly Hit[]): string[] {
  return hits
    .map(({ path, sourceCount = 1, id = '1' }) => {
      const view = viewEntry({ path, sizeBytes: 1, sha1: '0'.repeat(40) }, viewPeer({ username: 'bob', id }));
      return {
        label: id === '1' ? path : `${path} of ${id}`,
        rank: rankOf(rankedWords(parseQuery(query)), view, sourceCount),
      };
    })
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ label }) => label);
}

test('a match in the base name comes before one in the folder', () => {
  assert.deepEqual(order('jazz', [{ path: 'jazz/a' }, { path: 'x/very long jazzy name' }]), [
    'x/very long jazzy name',
    'jazz/a',
  ]);
});

test('a whole word comes before a part of one', () => {
  const hits = [{ path: 'a/rocket' }, { path: 'rock/rockets' }, { path: 'a/old_(Rock)' }, { path: 'a/röck.mp3' }];
  assert.deepEqual(order('rock', hits), ['a/röck.mp3', 'a/old_(Rock)', 'a/rocket', 'rock/rockets']);
});

test('digits, letters of other scripts and astral letters run on', () => {
  assert.deepEqual(order('日本', [{ path: '日本語' }, { path: 'a 日本 a' }]), ['a 日本 a', '日本語']);
  assert.deepEqual(order('b', [{ path: '𐐨b' }, { path: '😀b---' }]), ['😀b---', '𐐨b']);
  assert.deepEqual(order('track', [{ path: 'track1' }, { path: 'track 12' }]), ['track 12', 'track1']);
});

test('then more sources, the shorter name, the path and the id', () => {
  const hits = [
    { path: 'b/song.mp3', sourceCount: 2 },
    { path: 'b/song.mp3', sourceCount: 2, id: '2' },
    { path: 'b/song 2.mp3', sourceCount: 3 },
    { path: 'a/song.mp3', sourceCount: 2 },
    { path: 'long folder/song.md', sourceCount: 2 },
  ];
  assert.deepEqual(order('song', hits), [
    'b/song 2.mp3',
    'long folder/song.md',
    'a/song.mp3',
    'b/song.mp3',
    'b/song.mp3 of 2',
  ]);
});

test('excluded words and filters have no part in the rank', () => {
  const view = viewEntry(
    { path: 'a/b.mp3', sizeBytes: 1, sha1: '0'.repeat(40) },
    viewPeer({ username: 'bob', id: '1' }),
  );
  assert.deepEqual(rankOf(rankedWords(parseQuery('ext:mp3 -c')), view, 4), {
    wordsInName: 0,
    wholeWords: 0,
    sourceCount: 4,
    nameUnits: 5,
    path: 'a/b.mp3',
    id: '1',
  });
});

test('a word given more than once counts once', () => {
  assert.deepEqual(rankedWords(parseQuery('Rock rock röck "a b"')), ['rock', 'a b']);
});

test('a whole word is looked for among the first occurrences of a long path', () => {
  assert.deepEqual(order('a', [{ path: `${'aa '.repeat(7)}a` }, { path: 'b/aa' }]).at(0), `${'aa '.repeat(7)}a`);
  assert.deepEqual(order('a', [{ path: `${'aa '.repeat(8)}a` }, { path: 'b/aa' }]).at(0), 'b/aa');
});
