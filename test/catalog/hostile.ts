import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold } from '../../src/domain/fold.ts';
import { baseName } from '../../src/domain/share-path.ts';
import { entry } from './entries.ts';
import { allPages, browseAll, NOW_MS, searchPaths, share, type Subject } from './support.ts';

const HOSTILE_NAMES = [
  'a|b',
  'a\nb',
  'a\r\nb',
  '%7C%',
  '100%_sure',
  "Robert'); DROP TABLE entry;--",
  '"quoted"',
  'a" OR "b',
  'AND OR NOT NEAR(x)',
  'path:*^+-',
  '{a}[b]?',
  '\\backslash\\',
  '\u202Egpj.exe',
  '<script>alert(1)</script>',
  '👨‍👩‍👧 family',
  '日本語の本',
  '\u0001\u001F\u007F',
  '..hidden..',
  ' leading and trailing ',
  'NUL',
  '℀ is no folder',
  'ﷺ'.repeat(80),
  '__proto__',
];

/** Words that are as hostile as names, and must only be looked for. */
const HOSTILE_QUERIES = [
  '"a AND b"',
  'NOT',
  '*',
  '%',
  '_',
  "'",
  '^',
  'a*',
  'NEAR(a',
  'path:a',
  '{',
  '|',
  ';--',
  '\u0001',
  '\u{10FFFF}',
];

export function hostileTests(subject: Subject): void {
  test('hostile names are stored, listed and found as what they are', async () => {
    const { catalog } = subject;
    const long = `${'長'.repeat(200)}/`.repeat(6) + 'x'.repeat(255);
    const paths = [
      ...HOSTILE_NAMES.map((name) => `share/${name}`),
      long,
      `${'a'.repeat(255)}/`.repeat(15) + 'b'.repeat(160),
    ];
    await share(
      catalog,
      'ann',
      paths.map((path) => entry(path)),
    );
    assert.deepEqual((await browseAll(catalog, 'id-ann')).toSorted(), paths.toSorted());
    for (const path of paths) {
      const name = baseName(path);
      // A quote can't stand in a phrase, so what has one is looked for word by word.
      const query = name.includes('"') ? name.replaceAll('"', ' ') : `"${name}"`;
      assert.ok((await searchPaths(catalog, query)).includes(path), `${query} finds ${path}`);
    }
  });

  test('operators of the index are characters like others', async () => {
    const { catalog } = subject;
    const paths = HOSTILE_NAMES.map((name) => `share/${name}`);
    await share(
      catalog,
      'ann',
      paths.map((path) => entry(path)),
    );
    for (const query of HOSTILE_QUERIES) {
      const text = fold(query.replaceAll('"', ''));
      const expected = paths.filter((path) => fold(path).includes(text));
      assert.deepEqual((await searchPaths(catalog, query)).toSorted(), expected.toSorted(), query);
    }
  });

  test('a hostile cursor is a place like another, or refused', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('a'), entry('b/c')]);
    for (const after of ["'", '%', '\0', '/', '//', '\u{10FFFF}', 'b/', 'b/c', 'x'.repeat(8_000)]) {
      const rows = await allPages((page) => catalog.browse('id-ann', undefined, { after, ...page }), 1);
      assert.ok(rows.length <= 2, after);
      await catalog.listPeers('all', { after }, NOW_MS);
      for (const kind of ['d', 'f']) await catalog.folder('id-ann', undefined, { after: kind + after });
    }
  });
}
