import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { FILTER_NAMES, parseQuery } from '../domain/query-parse.ts';
import { hintsFor } from './query-hints.ts';

/** The hints where the peer answers a look at somebody's files with that error. */
function hintsWith(error: Error, query: string): Promise<string[]> {
  return hintsFor({ call: () => Promise.reject(error) }, query);
}

const NOBODY = new SwapmeetError('not-found', 'there is no peer');

test('what looks like a filter and is a word is named, with what filters there are', async () => {
  assert.deepEqual(await hintsWith(NOBODY, 'lake foo:bar foo:baz'), [
    'foo: is no filter, it was looked for as text; filters are ext:, type:, size:, peer:, sha1:, root:.',
  ]);
  for (const query of ['lake', 'ext:mkv x', 'x -foo:bar', '"note: this"', 'http://x', 'note: x', '10-:30']) {
    assert.deepEqual(await hintsWith(NOBODY, query), [], query);
  }
});

test('the filters named are filters', () => {
  for (const name of FILTER_NAMES) {
    const isText = (): boolean => parseQuery(`${name}:`).terms[0]?.predicate.kind === 'text';
    assert.throws(isText, { code: 'bad-query' }, name);
  }
});

test('a star is told to be a letter', async () => {
  assert.match(String(await hintsWith(NOBODY, 'lake*')), /^\* is no wildcard/);
  assert.deepEqual(await hintsWith(NOBODY, 'lake -*'), []);
});

test('a peer that is not there is told, and no other trouble', async () => {
  assert.deepEqual(await hintsWith(NOBODY, 'peer:nobody lake'), ['there is no peer.']);
  assert.deepEqual(await hintsWith(NOBODY, 'lake -peer:nobody'), []);
  assert.deepEqual(await hintsWith(new SwapmeetError('disconnected', 'gone'), 'peer:nobody'), []);
});
