import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/domain/entry.ts';
import { filesReply } from '../../src/protocol/codecs/listing.ts';
import { hitsReply } from '../../src/protocol/codecs/search.ts';
import { PAGE_BYTES_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from '../../src/protocol/limits.ts';
import { entry, sha1Of } from './entries.ts';
import { allPages, browseAll, NOW_MS, register, share, type Subject } from './support.ts';

const TREE = [
  'a',
  'a b/1',
  'a/1',
  'a/b/1',
  'a/b/2',
  'a/b!',
  'a/b!/1',
  'a/b/c/1',
  'a/c',
  'a0/1',
  'b',
  'é/1',
  '\u{1F600}/1',
  '\uFFFD/1',
].map((path) => entry(path));
const TREE_IN_ORDER = [
  'a',
  'b',
  'a/1',
  'a/b!',
  'a/c',
  'a/b/1',
  'a/b/2',
  'a/b/c/1',
  'a/b!/1',
  'a b/1',
  'a0/1',
  'é/1',
  '\uFFFD/1',
  '\u{1F600}/1',
];

/** Paths as long as they may be, of characters that all need escaping. */
function longEntries(count: number): Entry[] {
  const folder = `${'%'.repeat(255)}/`.repeat(15);
  return Array.from({ length: count }, (_, at) => entry(folder + String(at).padStart(250, '%')));
}

export function listingTests(subject: Subject): void {
  test('peers come in order of username, a page at a time', async () => {
    const { catalog } = subject;
    const names = ['Zed', 'ann', 'bob', 'zoë', '\uFFFD', '\u{1F600}'];
    for (const name of names.toReversed()) await register(catalog, name);
    for (const limit of [1, 2, 3, 6, undefined]) {
      const rows = await allPages((page) => catalog.listPeers('all', page, NOW_MS), limit);
      assert.deepEqual(
        rows.map(({ username }) => username),
        names,
      );
    }
    const [first] = (await catalog.listPeers('all', { limit: 1 }, NOW_MS)).rows;
    assert.equal(first?.username, 'Zed');
  });

  test('pages of one presence hold no peers of the other', async () => {
    const { catalog } = subject;
    for (const name of ['a', 'c', 'e']) await share(catalog, name, []);
    for (const name of ['b', 'd']) await register(catalog, name);
    const online = await allPages((page) => catalog.listPeers('online', page, NOW_MS), 2);
    const offline = await allPages((page) => catalog.listPeers('offline', page, NOW_MS), 1);
    assert.deepEqual(
      online.map(({ username, presence }) => `${username} ${presence}`),
      ['a online', 'c online', 'e online'],
    );
    assert.deepEqual(
      offline.map(({ username, presence }) => `${username} ${presence}`),
      ['b offline', 'd offline'],
    );
  });

  test('entries come folder by folder, a page at a time, without gaps or repeats', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', TREE);
    await register(catalog, 'bob', [entry('a/z')]);
    for (const limit of [1, 2, 5, TREE.length, undefined]) {
      const rows = await allPages((page) => catalog.browse('id-ann', undefined, page), limit);
      assert.deepEqual(
        rows.map(({ path }) => path),
        TREE_IN_ORDER,
        `pages of ${limit ?? 'any size'}`,
      );
    }
  });

  test('a folder holds all below it, and a path may name one file', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', TREE);
    assert.deepEqual(await browseAll(catalog, 'id-ann', 'a/b'), ['a/b/1', 'a/b/2', 'a/b/c/1']);
    assert.deepEqual(await browseAll(catalog, 'id-ann', 'a'), [
      'a',
      'a/1',
      'a/b!',
      'a/c',
      'a/b/1',
      'a/b/2',
      'a/b/c/1',
      'a/b!/1',
    ]);
    assert.deepEqual(await browseAll(catalog, 'id-ann', 'a/b/c/1'), ['a/b/c/1']);
    assert.deepEqual(await browseAll(catalog, 'id-ann', 'a/b/1/x'), []);
    assert.deepEqual(await browseAll(catalog, 'id-ann', 'nothing'), []);
    for (const limit of [1, 2, 3]) {
      const rows = await allPages((page) => catalog.browse('id-ann', 'a', page), limit);
      assert.deepEqual(
        rows.map(({ path }) => path),
        await browseAll(catalog, 'id-ann', 'a'),
      );
    }
  });

  test('a page that follows goes on where the last one ended, whatever changed meanwhile', async () => {
    const { catalog } = subject;
    await register(
      catalog,
      'ann',
      ['x/1', 'x/2', 'x/3', 'y/1'].map((path) => entry(path)),
    );
    const { next } = await catalog.browse('id-ann', undefined, { limit: 2 });
    const replacement = ['w/0', 'x/3', 'x/4'].map((path) => `${path}|0|${sha1Of(path)}`).join('\n');
    await catalog.replaceEntries('id-ann', Buffer.from(replacement));
    const { rows } = await catalog.browse('id-ann', undefined, { after: next });
    assert.deepEqual(
      rows.map(({ path }) => path),
      ['x/3', 'x/4'],
    );
  });

  test('a page has a limited number of rows', async () => {
    const { catalog } = subject;
    const paths = Array.from({ length: PAGE_ROWS_MAX + 1 }, (_, at) => String(at));
    await register(
      catalog,
      'ann',
      paths.map((path) => entry(path)),
    );
    assert.equal((await catalog.browse('id-ann', undefined, {})).rows.length, PAGE_ROWS_DEFAULT);
    assert.equal((await catalog.browse('id-ann', undefined, { limit: PAGE_ROWS_MAX + 1 })).rows.length, PAGE_ROWS_MAX);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), paths.toSorted());
  });

  test('a page ends before its reply is over the cap', async () => {
    const { catalog } = subject;
    const entries = longEntries(500);
    const [example] = entries;
    assert.ok(example && Buffer.byteLength(example.path) === 4090);
    await share(catalog, 'ann', entries);
    const browse = await catalog.browse('id-ann', undefined, { limit: PAGE_ROWS_MAX });
    assert.ok(browse.next !== undefined && Buffer.byteLength(filesReply.encode(browse)) <= PAGE_BYTES_MAX);
    const search = await catalog.search('%', { limit: PAGE_ROWS_MAX }, NOW_MS);
    assert.ok(search.next !== undefined && Buffer.byteLength(hitsReply.encode(search)) <= PAGE_BYTES_MAX);
    const hits = await allPages((page) => catalog.search('%', page, NOW_MS), undefined);
    assert.deepEqual(
      hits.map(({ path }) => sha1Of(path)),
      entries.map(({ sha1 }) => sha1),
    );
    const contents = await allPages((page) => catalog.find('%', page, NOW_MS), undefined);
    assert.deepEqual(
      contents.map(({ sha1 }) => sha1),
      entries.map(({ sha1 }) => sha1),
    );
  });
}
