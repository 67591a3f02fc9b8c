import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../src/domain/entry.ts';
import { matches, viewEntry, viewPeer } from '../../src/domain/match.ts';
import { parseQuery } from '../../src/domain/query-parse.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { encodeChanges } from '../../src/protocol/codecs/list-changes.ts';
import { createPercolator } from '../../src/server/standing/percolator.ts';

const PEERS = [
  { id: 'id-1', username: 'Ada' },
  { id: 'id-2', username: 'bob' },
].map(viewPeer);
const HASHES = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
const ROOTS = ['d', 'e'].map((digit) => digit.repeat(64));

/** Texts of few letters, so that they occur in each other; with escapes, capitals, accents, and letters of several bytes. */
const pieces = fc
  .array(fc.constantFrom('a', 'b', 'B', 'ab', 'é', 'ﬁ', '%', '|', '.', ' ', '漢', '字', '🎧', 'needle'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
const names = fc
  .tuple(pieces, fc.constantFrom('', '.c', '.mp3', '.FLAC', '.tar.gz', '.txt'))
  .map(([name, ending]) => name + ending)
  .filter((name) => name !== '.' && name !== '..');
// Folders come in runs, as in lists: what was found in the last one is kept.
const folders = fc.constantFrom('ab/', 'ab/needle/', 'AB/', 'é漢/', 'ab/needl/', '');
const entries: fc.Arbitrary<Entry> = fc
  .tuple(folders, names, fc.constantFrom(...HASHES), fc.option(fc.constantFrom(...ROOTS)), fc.nat(2_000_000))
  .map(([folder, name, sha1, root, sizeBytes]) => ({
    path: folder + name,
    sizeBytes,
    sha1,
    ...(root === null ? {} : { root }),
  }));

const words = fc.oneof(
  pieces.map((piece) => `"${piece}"`),
  fc.constantFrom('ab', 'b', 'eed', 'needle', 'ab/n', 'le/a', '漢', 'éa', '"a b"', 'e.m'),
);
const filters = fc.constantFrom(
  ...['ext:c', 'ext:mp3,flac', 'ext:gz', 'ext:tar.gz', 'type:audio', 'type:code', 'size:>1MB', 'size:<1MB'],
  ...['peer:ada', 'peer:id-2', `sha1:${HASHES[0]}`, `root:${ROOTS[1]}`],
);
const terms = fc.tuple(fc.constantFrom('', '', '', '-'), fc.oneof(words, filters)).map((parts) => parts.join(''));
const queries = fc
  .array(terms, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(' '))
  .filter((text) => {
    try {
      return parseQuery(text).terms.length > 0;
    } catch {
      return false;
    }
  });

/** Which queries match which entries, as `query entry`, by a percolator that some queries were taken out of again. */
function percolated(
  all: readonly string[],
  removed: ReadonlySet<number>,
  list: readonly Entry[],
  isDelta: boolean,
): string[] {
  const percolator = createPercolator();
  all.forEach((query, key) => {
    percolator.add(key, parseQuery(query));
  });
  for (const key of removed) percolator.remove(key);
  const changes = [...list.map((add) => ({ add })), ...list.map(({ path }) => ({ remove: path }))];
  const lines = isDelta
    ? ({ lines: encodeChanges(changes), form: 'changes' } as const)
    : ({ lines: encodeFileList(list), form: 'files' } as const);
  return PEERS.flatMap((peer) => {
    const found: string[] = [];
    percolator.percolate(lines, peer, (key, entry) => found.push(`${peer.id} ${key} ${JSON.stringify(entry)}`));
    return found;
  }).sort();
}

function scanned(all: readonly string[], removed: ReadonlySet<number>, list: readonly Entry[]): string[] {
  const parsed = all.map((query) => parseQuery(query));
  return PEERS.flatMap((peer) =>
    list.flatMap((entry) => {
      const view = viewEntry(entry, peer);
      return parsed.flatMap((query, key) =>
        !removed.has(key) && matches(query, view) ? [`${peer.id} ${key} ${JSON.stringify(entry)}`] : [],
      );
    }),
  ).sort();
}

describe('standing queries', () => {
  it('find what a plain scan finds, in lists and in changes', () => {
    fc.assert(
      fc.property(
        fc.array(queries, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 3 }),
        fc.array(entries, { maxLength: 20 }),
        fc.boolean(),
        (all, indexes, list, isDelta) => {
          const removed = new Set(indexes);
          assert.deepEqual(percolated(all, removed, list, isDelta), scanned(all, removed, list));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('survive lists that do not parse', () => {
    const percolator = createPercolator();
    percolator.add(1, parseQuery('abc'));
    percolator.add(2, parseQuery(`sha1:${'a'.repeat(40)}`));
    const found: number[] = [];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('files', 'changes'), (lines, form) => {
        percolator.percolate({ lines, form }, viewPeer({ id: 'x', username: 'y' }), (key) => found.push(key));
      }),
    );
    for (const text of ['', '\n', '|', 'abc', 'abc|', `abc|1|${'a'.repeat(39)}`, `/abc|1|${'a'.repeat(40)}`]) {
      percolator.percolate({ lines: Buffer.from(text), form: 'files' }, viewPeer({ id: 'x', username: 'y' }), (key) =>
        found.push(key),
      );
    }
    assert.deepEqual(found, []);
  });
});
