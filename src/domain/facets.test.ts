import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFacetCounter, FACET_VALUES_MAX, type FacetCount } from './facets.ts';
import { extensionOf, FILE_TYPES, fileTypeOf } from './file-types.ts';
import { fold } from './fold.ts';
import { matches, viewEntry, viewPeer } from './match.ts';
import { parseQuery } from './query-parse.ts';

test('an extension is what follows the last dot of a name', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['song.flac', 'flac'],
    ['source.tar.gz', 'gz'],
    ['.profile', undefined],
    ['.profile.bak', 'bak'],
    ['makefile', undefined],
    ['mr. robinson', undefined],
    ['ends.', undefined],
    ['main.c++', 'c++'],
    ['a.b,c', undefined],
    ['a.b:c', undefined],
    ['фото.жпг', 'жпг'],
    [`a.${'x'.repeat(17)}`, undefined],
  ];
  for (const [name, expected] of cases) assert.equal(extensionOf(name), expected, name);
});

test('an extension has one type at most', () => {
  for (const [type, extensions] of Object.entries(FILE_TYPES)) {
    for (const extension of extensions) assert.equal(fileTypeOf(extension), type, extension);
  }
  assert.equal(fileTypeOf('unheard-of'), undefined);
});

test('ext: and type: find what is counted under their value', () => {
  const peer = viewPeer({ username: 'a', id: 'a' });
  const endings = fc.constantFrom('.mp3', '.C++', '.жпг', '.tar.gz', '.é', '');
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z.]{1,3}$/), endings, (stem, ending) => {
      const view = viewEntry({ path: `f/${stem}${ending}`, sizeBytes: 0, sha1: '' }, peer);
      const extension = extensionOf(view.foldedName);
      if (extension === undefined) return;
      assert.ok(matches(parseQuery(`ext:${extension}`), view));
      const type = fileTypeOf(extension);
      if (type !== undefined) assert.ok(matches(parseQuery(`type:${type}`), view));
    }),
  );
});

test('counts the most frequent first, and no more than are told', () => {
  const counter = createFacetCounter();
  for (const name of ['b.mp3', 'a.FLAC', 'c.flac', 'x.odd', 'none', '.hidden']) counter.add(fold(name));
  assert.deepEqual(counter.facets(), {
    types: [{ value: 'audio', count: 3 }],
    extensions: [
      { value: 'flac', count: 2 },
      { value: 'mp3', count: 1 },
      { value: 'odd', count: 1 },
    ],
  });
  for (let at = 0; at < FACET_VALUES_MAX; at += 1) counter.add(`a.e${at}`);
  const { extensions } = counter.facets();
  assert.equal(extensions.length, FACET_VALUES_MAX);
  assert.deepEqual(extensions[0] satisfies FacetCount | undefined, { value: 'flac', count: 2 });
});
