import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { Entry } from '../../../domain/entry.ts';
import { createFilesToHash } from './files-to-hash.ts';
import { createFoundFiles, fileRange, rangeBelow } from './found-files.ts';
import { createPublication } from './publication.ts';
import { createRetiredFiles } from './retired-files.ts';
import { MIGRATIONS } from './schema.ts';
import { createSharedFiles } from './shared-files.ts';

function createStore() {
  const database = new Database(':memory:');
  database.pragma('foreign_keys = ON');
  for (const migration of MIGRATIONS) database.exec(migration);
  const parts = {
    found: createFoundFiles(database),
    toHash: createFilesToHash(database),
    shared: createSharedFiles(database),
    retired: createRetiredFiles(database),
    publication: createPublication(database),
  };
  const find = (path: string, inode = 1n): void => {
    parts.found.note([{ path, stamp: { sizeBytes: 5, mtimeNs: 1n, inode }, dueMs: 0 }]);
  };
  const hashNext = (digit: string): void => {
    const [file] = parts.toHash.next(1);
    const content = { sha1: digit.repeat(40), root: digit.repeat(64), pieceBytes: 65_536, layer: new Uint8Array() };
    if (file) parts.toHash.complete([{ file, hash: { ...file.stamp, ...content } }], 0);
  };
  return { ...parts, database, find, hashNext };
}

type Store = ReturnType<typeof createStore>;

/** Makes all pending changes to a copy of the list. */
function follow({ publication }: Store, copy: Map<string, Entry>): number {
  const upTo = publication.position();
  let count = 0;
  for (const { change } of publication.changes(publication.publishedPosition(), upTo)) {
    if ('add' in change) copy.set(change.add.path, change.add);
    else copy.delete(change.remove);
    count += 1;
  }
  publication.advance('r', upTo);
  return count;
}

const paths = fc.constantFrom('S/a', 'S/b', 'S/f/a', 'S/f/b');
const steps = fc.oneof(
  fc.tuple(paths, fc.bigInt(1n, 3n)).map(([path, inode]) => (store: Store) => {
    store.find(path, inode);
  }),
  fc.constantFrom('0', '1').map((digit) => (store: Store) => {
    store.hashNext(digit);
  }),
  paths.map((path) => (store: Store) => void store.shared.remove(path)),
  paths.map((path) => (store: Store) => void store.found.markMissing(fileRange(path), store.found.lastId(), 1)),
  fc.constant((store: Store) => void store.found.markMissing(rangeBelow('S/f'), store.found.lastId(), 1)),
  fc.constant((store: Store) => void store.retired.purge('S', 2)),
  fc.constant((store: Store) => void store.publication.trim()),
);

test('whoever makes the changes has the list, whatever led to them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(steps, fc.boolean()), { maxLength: 40 }), (history) => {
      const store = createStore();
      const copy = new Map<string, Entry>();
      for (const [act, isFollowed] of history) {
        act(store);
        if (isFollowed) follow(store, copy);
      }
      follow(store, copy);
      const entries = [...store.shared.entries()];
      assert.deepEqual(
        [...copy.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
        entries,
      );
      assert.equal(follow(store, copy), 0);
    }),
    { numRuns: 300 },
  );
});

test('what only waits or is tried again is no change', () => {
  const store = createStore();
  store.find('S/a');
  const [file] = store.toHash.next(1);
  assert.ok(file);
  store.toHash.postpone(file, 7);
  store.found.markMissing(rangeBelow('S'), store.found.lastId(), 1);
  assert.equal(store.publication.position(), 0);
  store.find('S/a');
  store.hashNext('0');
  store.find('S/a');
  assert.equal(store.publication.position(), 1, 'a file that is as it was is no change either');
  store.database.close();
});

test('positions grow also when all changes are dropped', () => {
  const store = createStore();
  const copy = new Map<string, Entry>();
  for (const path of ['S/a', 'S/b']) store.find(path, 1n);
  store.hashNext('0');
  store.hashNext('0');
  assert.equal(follow(store, copy), 2);
  assert.equal(store.publication.trim(), false);
  const before = store.publication.position();
  store.shared.remove('S/a');
  assert.ok(store.publication.position() > before);
  assert.equal(follow(store, copy), 1);
  assert.deepEqual([...copy.keys()], ['S/b']);
  store.database.close();
});

test('an upload is kept until it has ended or another begins', () => {
  const { publication, database } = createStore();
  assert.equal(publication.upload(), undefined);
  const first = publication.beginUpload('one');
  publication.notePart(1, 'S/a');
  publication.notePart(1, 'S/b');
  assert.deepEqual(publication.upload(), first);
  assert.equal(publication.lastPathOf(1), 'S/b');
  const second = publication.beginUpload('two');
  assert.equal(publication.lastPathOf(1), undefined);
  assert.equal(publication.revision(), undefined);
  publication.endUpload(second, 'r1');
  assert.deepEqual([publication.upload(), publication.revision()], [undefined, 'r1']);
  database.close();
});
