import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/domain/entry.ts';
import { FIND_HOLDERS_MAX, PAGE_ROWS_MAX } from '../../src/protocol/limits.ts';
import { entry, rootOf, sha1Of } from './entries.ts';
import { allPages, assertFails, NOW_MS, register, searchPaths, share, type Subject } from './support.ts';

const SHELF: readonly Entry[] = [
  entry('Musique/Café del Mar/01 Énergie.flac', { sizeBytes: 30_000_000 }),
  entry('Musique/Straßenmusik.mp3', { sizeBytes: 5_000_000 }),
  entry('本/日本語の本.pdf', { sizeBytes: 2_000_000 }),
  entry('papers/energy and café culture.pdf', { sizeBytes: 1_000_000 }),
  entry('ab'),
];

export function searchTests(subject: Subject): void {
  test('words, phrases, exclusions and filters narrow a search', async () => {
    const { catalog } = subject;
    await share(catalog, 'Ann', SHELF);
    await register(catalog, 'offline', SHELF);
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['energie', ['Musique/Café del Mar/01 Énergie.flac']],
      ['CAFE', ['papers/energy and café culture.pdf', 'Musique/Café del Mar/01 Énergie.flac']],
      ['cafe -culture', ['Musique/Café del Mar/01 Énergie.flac']],
      ['"cafe culture" type:document', ['papers/energy and café culture.pdf']],
      ['STRASSE', ['Musique/Straßenmusik.mp3']],
      ['日本', ['本/日本語の本.pdf']],
      ['本', ['本/日本語の本.pdf']],
      ['ab', ['ab']],
      ['a -"a" ', []],
      ['ext:pdf', ['本/日本語の本.pdf', 'papers/energy and café culture.pdf']],
      ['ext:pdf size:<2MB', ['papers/energy and café culture.pdf']],
      ['size:4MB..5MB', ['Musique/Straßenmusik.mp3']],
      ['peer:ann ext:mp3', ['Musique/Straßenmusik.mp3']],
      ['peer:offline energie', []],
      ['peer:nobody', []],
      [`sha1:${sha1Of('ab')}`, ['ab']],
      [`sha1:${sha1Of('ab')} energie`, []],
      [`root:${rootOf('ab')} -xyz`, ['ab']],
      [`sha1:${rootOf('').slice(0, 40)}`, []],
    ];
    for (const [query, expected] of cases) {
      assert.deepEqual(await searchPaths(catalog, query), expected, query);
    }
  });

  test('a hit tells all that the core needs', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('a/song', { sizeBytes: 5 })]);
    const hit = {
      path: 'a/song',
      sizeBytes: 5,
      sha1: sha1Of('a/song'),
      username: 'ann',
      id: 'id-ann',
      address: '192.0.2.7',
      port: 7475,
    };
    assert.deepEqual(await catalog.search('song', {}, NOW_MS), { rows: [hit] });
  });

  test('a query that does not parse is refused', async () => {
    const { catalog } = subject;
    await assertFails('bad-query', catalog.search('', {}, NOW_MS), /column 1/);
    await assertFails('bad-query', catalog.find('a size:x', {}, NOW_MS), /column 3/);
  });

  test('a cursor that no page gave is refused', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song')]);
    for (const after of ['', 'x', '{}', 'W10', Buffer.from('[1,2,3,4,5,6]').toString('base64url')]) {
      await assertFails('bad-request', catalog.search('song', { after }, NOW_MS), /after/);
      await assertFails('bad-request', catalog.find('song', { after }, NOW_MS));
    }
  });

  test('find groups by content, under its best name, with its sources', async () => {
    const { catalog } = subject;
    const song = (path: string): Entry => entry(path, { content: 'song' });
    await share(catalog, 'ann', [song('music/track.mp3'), song('copy/the song.mp3')]);
    await share(catalog, 'bob', [song('song.mp3'), entry('song 2.mp3')]);
    await share(catalog, 'cyd', [song('unnamed')]);
    await register(catalog, 'dan', [song('song.mp3')]);
    const online = { presence: 'online' } as const;
    const sources = [
      { id: 'id-ann', username: 'ann', path: 'copy/the song.mp3', ...online },
      { id: 'id-bob', username: 'bob', path: 'song.mp3', ...online },
      { id: 'id-cyd', username: 'cyd', path: 'unnamed', ...online },
    ];
    const other = {
      ...entry('song 2.mp3'),
      sourceCount: 1,
      holderCount: 1,
      holders: [{ id: 'id-bob', username: 'bob', path: 'song 2.mp3', ...online }],
    };
    assert.deepEqual(await catalog.find('song', {}, NOW_MS), {
      rows: [{ ...song('song.mp3'), sourceCount: 3, holderCount: 3, holders: sources }, other],
      total: 2,
      bounded: false,
    });
    const offline = { id: 'id-dan', username: 'dan', path: 'song.mp3', presence: 'offline' };
    const { rows } = await catalog.find('song', { holders: 'all' }, NOW_MS);
    assert.deepEqual(rows, [
      { ...song('song.mp3'), sourceCount: 3, holderCount: 4, holders: [...sources, offline] },
      other,
    ]);
    assert.deepEqual(await searchPaths(catalog, 'song'), ['song.mp3', 'copy/the song.mp3', 'song 2.mp3']);
  });

  test('find lists some of many sources and counts all, sources lists them', async () => {
    const { catalog } = subject;
    const names = Array.from({ length: FIND_HOLDERS_MAX + 5 }, (_, at) => `peer ${String(at).padStart(2, '0')}`);
    for (const name of names) await share(catalog, name, [entry('song')]);
    const [row] = (await catalog.find('song', {}, NOW_MS)).rows;
    assert.equal(row?.sourceCount, names.length);
    assert.deepEqual(
      row.holders.map(({ username }) => username),
      names.slice(0, FIND_HOLDERS_MAX),
    );
    const sources = await catalog.sources(sha1Of('song'), undefined, NOW_MS);
    assert.deepEqual(
      sources.map(({ username }) => username),
      names,
    );
    const [first] = sources;
    assert.deepEqual(first, {
      ...entry('song'),
      id: 'id-peer 00',
      username: 'peer 00',
      address: '192.0.2.7',
      port: 7475,
      key: rootOf('id-peer 00'),
    });
  });

  test('two roots under one SHA-1, or none, are contents of their own', async () => {
    const { catalog } = subject;
    const sha1 = sha1Of('collision');
    const entries = [
      { path: 'song a', sizeBytes: 1, sha1, root: rootOf('a') },
      { path: 'song b', sizeBytes: 1, sha1, root: rootOf('b') },
      { path: 'song c', sizeBytes: 1, sha1 },
      { path: 'song d', sizeBytes: 2, sha1 },
    ];
    await share(catalog, 'ann', entries);
    const { rows } = await catalog.find('song', {}, NOW_MS);
    assert.deepEqual(
      rows.map(({ holders, sourceCount, holderCount, ...found }) => ({
        ...found,
        listed: [sourceCount, holderCount, holders.length],
      })),
      entries.map((expected) => ({ ...expected, listed: [1, 1, 1] })),
    );
    assert.equal((await catalog.sources(sha1, undefined, NOW_MS)).length, 4);
    const ofB = await catalog.sources(sha1, rootOf('b'), NOW_MS);
    assert.deepEqual(
      ofB.map(({ path }) => path),
      ['song b'],
    );
  });

  test('pages of a search have no gaps or repeats', async () => {
    const { catalog } = subject;
    const paths = Array.from({ length: 60 }, (_, at) => `${'xyz'.charAt(at % 3)}/song ${at} ${'z'.repeat(at % 7)}`);
    await share(
      catalog,
      'ann',
      paths.map((path) => entry(path)),
    );
    await share(
      catalog,
      'bob',
      paths.filter((_, at) => at % 4 === 0).map((path) => entry(path)),
    );
    const query = { search: 'song x', find: 'ong' };
    const hits = (await catalog.search(query.search, { limit: PAGE_ROWS_MAX }, NOW_MS)).rows;
    const contents = (await catalog.find(query.find, { limit: PAGE_ROWS_MAX }, NOW_MS)).rows;
    assert.equal(hits.length, 25);
    assert.equal(contents.length, 60);
    for (const limit of [1, 7, 20, 60]) {
      assert.deepEqual(await allPages((page) => catalog.search(query.search, page, NOW_MS), limit), hits);
      assert.deepEqual(await allPages((page) => catalog.find(query.find, page, NOW_MS), limit), contents);
    }
  });
}
