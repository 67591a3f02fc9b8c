import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { createCheckedFiles } from './checked-files.ts';
import { createFilesToHash } from './files-to-hash.ts';
import { createFoundFiles, fileRange, rangeBelow, type FoundFile } from './found-files.ts';
import { createRetiredFiles } from './retired-files.ts';
import { FILE_STATE, MIGRATIONS } from './schema.ts';
import { createSharedFiles } from './shared-files.ts';

function createStore() {
  const database = new Database(':memory:');
  for (const migration of MIGRATIONS) database.exec(migration);
  const parts = {
    found: createFoundFiles(database),
    toHash: createFilesToHash(database),
    shared: createSharedFiles(database),
    checked: createCheckedFiles(database),
    retired: createRetiredFiles(database),
  };
  const hashNext = (sha1: string) => {
    const [file] = parts.toHash.next(1);
    assert.ok(file);
    const content = { sha1: sha1.repeat(40), root: sha1.repeat(64), pieceBytes: 65_536, layer: new Uint8Array(64) };
    const hash = { ...file.stamp, ...content };
    return parts.toHash.complete([{ file, hash }], 0).length === 1;
  };
  const countIn = (table: string) => database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();
  return { ...parts, database, hashNext, countIn };
}

function fileAt(path: string, inode = 1n, sizeBytes = 5): FoundFile {
  return { path, stamp: { sizeBytes, mtimeNs: 1_700_000_000_123_456_789n, inode }, dueMs: 0 };
}

const name = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '.', '0', '-', '\u{10ffff}', 'é'),
  minLength: 1,
  maxLength: 3,
});
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => ['S', ...names].join('/'));

test('the children of a folder are those that all paths below it have', () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
      const { found } = createStore();
      const files = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)));
      found.note(files.map((one) => fileAt(one)));
      for (const folder of ['S', 'S/a', 'S/a/b', 'S/ ']) {
        const below = files.filter((one) => one.startsWith(`${folder}/`));
        const children = new Set(below.map((one) => one.slice(0, `${one}/`.indexOf('/', folder.length + 1))));
        const known = [...found.childrenOf(folder, found.lastId())];
        assert.deepEqual(new Set(known.map((child) => child.path)), children);
        assert.equal(known.length, children.size);
        for (const child of known) assert.equal(child.isFolder, !files.includes(child.path));
      }
    }),
    { numRuns: 60 },
  );
});

test('files of 64-bit inodes and of times to the nanosecond come back as they were', () => {
  const { found, toHash } = createStore();
  const file = fileAt('S/a', 0xffff_ffff_ffff_fff0n, 5_000_000_000_000);
  found.note([file]);
  assert.deepEqual(toHash.next(1)[0]?.stamp, file.stamp);
});

test('what is good is damaged no more, also where another run found it so meanwhile', () => {
  const { found, hashNext, checked, shared, countIn } = createStore();
  found.note([fileAt('S/a')]);
  hashNext('a');
  const [file] = checked.next({ from: 'S', to: 'T' }, { beganMs: 0, nowMs: 1 });
  assert.ok(file);
  assert.equal(checked.markDamaged(file, new Uint8Array(1), 1), true);
  assert.equal([...shared.entries()].length, 0);
  assert.equal(checked.markGood(file, 2), true);
  assert.equal([...shared.entries()].length, 1);
  assert.equal(countIn('damage'), 0);
  assert.equal(checked.markGood(file, 3), false);
});

test('what was seen to be good in times to come was not seen', () => {
  const { found, hashNext, checked } = createStore();
  found.note([fileAt('S/a')]);
  hashNext('a');
  const range = { from: 'S', to: 'T' };
  const [file] = checked.next(range, { beganMs: 0, nowMs: 0 });
  assert.ok(file);
  checked.markGood(file, 100);
  for (const [beganMs, nowMs, isDue] of [
    [50, 99, true],
    [99, 99, true],
    [50, 100, false],
    [99, 100, false],
    [100, 100, true],
    [100, 200, true],
  ] as const) {
    assert.equal(checked.next(range, { beganMs, nowMs }).length, isDue ? 1 : 0, `${beganMs} to ${nowMs}`);
  }
});

test('a verification goes on with one that is not over, nor too old, nor of times to come', () => {
  const { checked } = createStore();
  assert.equal(checked.begin('S', 0, 100), 100);
  assert.equal(checked.begin('S', 100, 110), 100);
  assert.equal(checked.begin('S', 101, 111), 111);
  assert.equal(checked.begin('S', 0, 90), 90);
  assert.equal(checked.begin('T', 0, 120), 120);
  checked.finish('S', 111);
  assert.equal(checked.begin('S', 0, 130), 90, 'another one began');
  checked.finish('S', 90);
  assert.equal(checked.begin('S', 0, 130), 130);
});

test('a list is changed by what is published or taken out, not by what waits', () => {
  const { found, hashNext } = createStore();
  assert.equal(found.note([fileAt('S/a')]), false);
  assert.equal(hashNext('1'), true);
  assert.equal(found.note([fileAt('S/a')]), false);
  assert.equal(found.note([fileAt('S/hard-link')]), true);
  assert.equal(found.note([fileAt('S/a', 2n)]), true);
  assert.equal(found.note([fileAt('S/a', 3n)]), false);
  assert.equal(found.markMissing(fileRange('S/a'), found.lastId(), 1).listChanged, false);
  assert.equal(found.markMissing(rangeBelow('S'), found.lastId(), 1).listChanged, true);
});

test('without inodes a file that was moved is hashed anew', () => {
  const { found, hashNext, toHash } = createStore();
  found.note([fileAt('S/a', 0n)]);
  hashNext('1');
  assert.equal(found.note([fileAt('S/b', 0n)]), false);
  assert.equal(toHash.next(1)[0]?.path, 'S/b');
});

test('what was found after a moment is not taken for missing then', () => {
  const { found, hashNext, shared } = createStore();
  found.note([fileAt('S/a')]);
  hashNext('1');
  const idMax = found.lastId();
  found.note([fileAt('S/b')]);
  found.markMissing(rangeBelow('S'), idMax, 1);
  assert.deepEqual(
    Array.from(shared.entries(), (entry) => entry.path),
    ['S/b'],
  );
});

test('the hash of a file that changed meanwhile is not stored', () => {
  const { found, toHash, shared } = createStore();
  found.note([fileAt('S/a')]);
  const [file] = toHash.next(1);
  assert.ok(file);
  found.note([fileAt('S/a', 2n)]);
  const hash = { ...file.stamp, sha1: '1'.repeat(40), pieceBytes: 65_536, layer: new Uint8Array() };
  assert.deepEqual(toHash.complete([{ file, hash }], 0), []);
  assert.equal([...shared.entries()].length, 0);
});

test('a file that changes again and again becomes due no earlier', () => {
  const { found, toHash } = createStore();
  found.note([fileAt('S/a')]);
  const [file] = toHash.next(1);
  assert.ok(file);
  toHash.postpone(file, 9_000);
  found.note([fileAt('S/a', 2n)]);
  const [again] = toHash.next(1);
  assert.deepEqual([again?.dueMs, again?.attempts, toHash.waitingCount()], [9_000, 1, 0]);
});

test('contents and layers go with their last file', () => {
  const { found, hashNext, shared, retired, countIn } = createStore();
  found.note([fileAt('S/a'), fileAt('S/b', 2n)]);
  hashNext('1');
  hashNext('1');
  assert.deepEqual([countIn('content'), countIn('layer')], [1, 1]);
  shared.remove('S/a');
  assert.equal(countIn('content'), 1);
  found.markMissing(rangeBelow('S'), found.lastId(), 1_000);
  retired.purge('S', 1_000);
  assert.equal(countIn('content'), 1);
  retired.purge('S', 1_001);
  assert.deepEqual([countIn('file'), countIn('content')], [0, 0]);
});

test('the tallies count the files of each share and state', () => {
  const { found, hashNext, shared, toHash } = createStore();
  found.note([fileAt('S/a', 1n, 10), fileAt('S/b', 2n, 20), fileAt('T/c', 3n, 30)]);
  hashNext('1');
  found.markMissing(rangeBelow('T'), found.lastId(), 1);
  found.note([fileAt('S/b', 2n, 25)]);
  assert.deepEqual(shared.tallies(), [
    { label: 'S', state: FILE_STATE.current, files: 1, bytes: 10 },
    { label: 'S', state: FILE_STATE.postponed, files: 1, bytes: 25 },
    { label: 'T', state: FILE_STATE.missing, files: 1, bytes: 30 },
  ]);
  assert.equal(toHash.waitingCount(), 0);
});

test('entries come page by page, with changes made between them', () => {
  const { found, hashNext, shared } = createStore();
  const paths = Array.from({ length: 1_200 }, (_, index) => `S/${String(index).padStart(5, '0')}`);
  found.note([fileAt('S/00000')]);
  hashNext('1');
  found.note(paths.map((one) => fileAt(one)));
  const listed = [];
  for (const entry of shared.entries()) {
    listed.push(entry.path);
    if (listed.length === 10) shared.remove('S/01000');
  }
  assert.deepEqual(
    listed,
    paths.filter((one) => one !== 'S/01000'),
  );
});

test('labels whose folder is another now, or none, are misplaced', () => {
  const { found, retired } = createStore();
  const shares = [
    { label: 'S', folder: '/s' },
    { label: 'T', folder: '/t' },
  ];
  retired.setShares(shares);
  found.note([fileAt('S/a'), fileAt('T/a', 2n)]);
  assert.deepEqual(retired.misplacedLabels(shares), []);
  assert.deepEqual(retired.misplacedLabels([{ label: 'S', folder: '/else' }]), ['S', 'T']);
});
