import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SwapmeetError } from './errors.ts';
import { FILE_TYPES } from './file-types.ts';
import { fold } from './fold.ts';
import { parseQuery, QUERY_TERMS_MAX, QueryError } from './query-parse.ts';
import type { Predicate } from './query.ts';

function predicates(text: string): Predicate[] {
  return parseQuery(text).terms.map(({ predicate }) => predicate);
}

function word(text: string): Predicate {
  return { kind: 'text', text };
}

function assertBadQuery(text: string, sentence: RegExp): void {
  assert.throws(
    () => parseQuery(text),
    (error) => error instanceof SwapmeetError && error.code === 'bad-query' && sentence.test(error.message),
    text,
  );
}

test('words are split at any space and folded', () => {
  assert.deepEqual(predicates('  Café\u3000STRASSE\t日本 '), [word('cafe'), word('strasse'), word('日本')]);
});

test('a phrase keeps its spaces, and quotes inside a word are characters', () => {
  assert.deepEqual(predicates('"Blue  Note" 5"disk'), [word('blue  note'), word('5"disk')]);
});

test('a dash excludes a word, a phrase or a filter, and is a word by itself', () => {
  assert.deepEqual(parseQuery('a -b -"c d" -ext:mp3 - e-f --g').terms, [
    { predicate: word('a'), excluded: false },
    { predicate: word('b'), excluded: true },
    { predicate: word('c d'), excluded: true },
    { predicate: { kind: 'extension', endings: ['.mp3'] }, excluded: true },
    { predicate: word('-'), excluded: false },
    { predicate: word('e-f'), excluded: false },
    { predicate: word('-g'), excluded: true },
  ]);
});

test('filters are known in any case, and other words with a colon are words', () => {
  const sha1 = 'AB'.repeat(20);
  const root = 'Cd'.repeat(32);
  assert.deepEqual(predicates(`Ext:MP3,.Tar.Gz SHA1:${sha1} root:${root} peer:"Alice Smith" re:mail "ext:x"`), [
    { kind: 'extension', endings: ['.mp3', '.tar.gz'] },
    { kind: 'sha1', sha1: sha1.toLowerCase() },
    { kind: 'root', root: root.toLowerCase() },
    { kind: 'peer', name: 'Alice Smith', foldedName: 'alice smith' },
    word('re:mail'),
    word('ext:x'),
  ]);
});

test('type: stands for the extensions of its table', () => {
  const endings = [...FILE_TYPES.audio, ...FILE_TYPES.video].map((extension) => `.${extension}`);
  assert.deepEqual(predicates('type:Audio,video'), [{ kind: 'extension', endings }]);
});

test('every extension of the table is folded and stands there once', () => {
  for (const extensions of Object.values(FILE_TYPES)) {
    assert.deepEqual(extensions.map(fold), [...extensions]);
    assert.equal(new Set<string>(extensions).size, extensions.length);
  }
});

test('an error names the column in characters, and what is expected', () => {
  assertBadQuery('a 😀 "b', /^at column 5: .*closing "/);
  assertBadQuery('a peer:"b', /^at column 8: .*closing "/);
  assertBadQuery('a size:big', /^at column 3: size: takes >, >=/);
  assertBadQuery('ext:', /^at column 1: ext: takes extensions/);
  assertBadQuery('ext:a,,b', /^at column 1: ext: /);
  assertBadQuery('-type:sculpture', /^at column 1: type: takes types: audio, video/);
  assertBadQuery('sha1:12', /40 hex digits/);
  assertBadQuery(`root:${'a'.repeat(40)}`, /64 hex digits/);
  assertBadQuery('a ""', /^at column 3: there is nothing/);
  assertBadQuery('a \u200b', /^at column 3: there is nothing/);
  assertBadQuery('', /^at column 1: say what to look for/);
  assertBadQuery('-a -ext:b', /^at column 1: say what to look for/);
  assertBadQuery('a\0', /NUL/);
  assertBadQuery('a\ud800', /well-formed/);
});

test('an error knows its place', () => {
  assert.throws(
    () => parseQuery('a 😀 size:big'),
    (error) => error instanceof QueryError && error.column === 5 && error.query === 'a 😀 size:big',
  );
});

test('a query has a limited number of terms', () => {
  assert.equal(parseQuery('a '.repeat(QUERY_TERMS_MAX)).terms.length, QUERY_TERMS_MAX);
  assertBadQuery('a '.repeat(QUERY_TERMS_MAX + 1), /^at column 129: a query has at most 64 terms/);
});

test('any text is a query or a bad-query', () => {
  const piece = fc.constantFrom(
    '"',
    '-',
    ' ',
    ':',
    'ext:',
    'size:',
    '>',
    '..',
    '1',
    'MB',
    'a',
    'é',
    '😀',
    '\ud800',
    '\0',
    '%',
  );
  fc.assert(
    fc.property(fc.string({ unit: piece }), (text) => {
      try {
        assert.ok(parseQuery(text).terms.length > 0);
      } catch (error) {
        assert.ok(error instanceof SwapmeetError && error.code === 'bad-query', String(error));
      }
    }),
  );
});
