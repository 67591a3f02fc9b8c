import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/domain/entry.ts';
import { ONLINE_WINDOW_MS } from '../../src/domain/presence.ts';
import type { ContentRow, FindPage } from '../../src/protocol/codecs/find.ts';
import { FIND_HOLDERS_MAX } from '../../src/protocol/limits.ts';
import { entry } from './entries.ts';
import { allPages, assertFails, bringOnline, NOW_MS, register, share, type Subject } from './support.ts';

function presences({ holders }: ContentRow): string[] {
  return holders.map(({ username, presence }) => `${username} ${presence}`);
}

function paths(rows: readonly ContentRow[]): string[] {
  return rows.map(({ path }) => path);
}

/** The tests of FIND of what peers hold that can't be fetched from, of totals and of facets. */
export function holderTests(subject: Subject): void {
  const find = async (query: string, page: FindPage = {}, nowMs = NOW_MS): Promise<readonly ContentRow[]> =>
    (await subject.catalog.find(query, page, nowMs)).rows;

  test('what absent peers hold is found where all holders are asked for', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song of ann'), entry('both')]);
    await register(catalog, 'bob', [entry('song of bob'), entry('both')]);
    assert.deepEqual(paths(await find('song')), ['song of ann']);
    assert.deepEqual(paths(await find('song', { holders: 'online' })), ['song of ann']);
    const [ofAnn, ofBob] = await find('song', { holders: 'all' });
    assert.deepEqual([ofAnn?.path, ofAnn?.sourceCount, ofAnn?.holderCount], ['song of ann', 1, 1]);
    assert.deepEqual([ofBob?.path, ofBob?.sourceCount, ofBob?.holderCount], ['song of bob', 0, 1]);
    const [both] = await find('both', { holders: 'all' });
    assert.deepEqual(both && presences(both), ['ann online', 'bob offline']);
    const [online] = await find('both');
    assert.deepEqual(online && [online.holderCount, ...presences(online)], [1, 'ann online']);
  });

  test('a holder is a source from its address until its logout, loss or silence', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('song')]);
    const isSource = async (nowMs = NOW_MS): Promise<boolean | undefined> => {
      const [row] = await find('song', { holders: 'all' }, nowMs);
      assert.equal(row?.holderCount, 1);
      assert.deepEqual(presences(row), [row.sourceCount === 1 ? 'ann online' : 'ann offline']);
      return row.sourceCount === 1;
    };
    assert.equal(await isSource(), false);
    await catalog.beginSession({ id: 'id-ann', resumeTokenHash: '00' }, NOW_MS);
    assert.equal(await isSource(), false);
    await bringOnline(catalog, 'id-ann');
    assert.equal(await isSource(), true);
    assert.equal(await isSource(NOW_MS + ONLINE_WINDOW_MS), false);
    for (const forget of [false, true]) {
      await bringOnline(catalog, 'id-ann');
      await catalog.endSession('id-ann', { forget });
      assert.equal(await isSource(), false);
    }
  });

  test('sources come first among holders, and only they count for the order', async () => {
    const { catalog } = subject;
    const held = (...names: string[]): Entry[] => names.map((name) => entry(name));
    for (const name of ['a', 'b', 'c']) await register(catalog, name, held('song absent', 'song mixed'));
    for (const name of ['x', 'y']) await share(catalog, name, held('song mixed', 'song present'));
    await share(catalog, 'z', held('song present'));
    const rows = await find('song', { holders: 'all' });
    assert.deepEqual(
      rows.map(({ path, sourceCount, holderCount }) => [path, sourceCount, holderCount]),
      [
        ['song present', 3, 3],
        ['song mixed', 2, 5],
        ['song absent', 0, 3],
      ],
    );
    assert.deepEqual(rows[1] && presences(rows[1]), ['x online', 'y online', 'a offline', 'b offline', 'c offline']);
  });

  test('some of many holders are listed, all are counted', async () => {
    const { catalog } = subject;
    const names = Array.from({ length: FIND_HOLDERS_MAX + 3 }, (_, at) => `peer ${String(at).padStart(2, '0')}`);
    for (const name of names) await register(catalog, name, [entry('song')]);
    await bringOnline(catalog, 'id-peer 12');
    const [row] = await find('song', { holders: 'all' });
    assert.equal(row?.holderCount, names.length);
    const first = names.slice(0, FIND_HOLDERS_MAX - 1).map((name) => `${name} offline`);
    assert.deepEqual(presences(row), ['peer 12 online', ...first]);
  });

  test('duplicates of one peer are one holder of one content', async () => {
    const { catalog } = subject;
    const copies = ['b/song', 'a/song', 'c/other'].map((path) => entry(path, { content: 'song' }));
    await share(catalog, 'ann', copies);
    await register(catalog, 'bob', copies);
    const { rows, total } = await catalog.find('song', { holders: 'all' }, NOW_MS);
    assert.equal(total, 1);
    assert.deepEqual(
      rows.map(({ path, sourceCount, holderCount, holders }) => ({ path, sourceCount, holderCount, holders })),
      [
        {
          path: 'a/song',
          sourceCount: 1,
          holderCount: 2,
          holders: [
            { id: 'id-ann', username: 'ann', path: 'a/song', presence: 'online' },
            { id: 'id-bob', username: 'bob', path: 'a/song', presence: 'offline' },
          ],
        },
      ],
    );
  });

  test('filters by peer and hash reach absent peers, too', async () => {
    const { catalog } = subject;
    const song = entry('song');
    await register(catalog, 'ann', [song, entry('other')]);
    for (const query of ['peer:ann song', `sha1:${song.sha1}`, `root:${song.root ?? ''}`, 'so']) {
      assert.deepEqual(await find(query), [], query);
      assert.deepEqual(paths(await find(query, { holders: 'all' })), ['song'], query);
    }
  });

  test('total and facets are of all pages, by best names', async () => {
    const { catalog } = subject;
    const copies = ['a/one.mp3', 'b/one copy.bak'].map((path) => entry(path, { content: 'copies' }));
    const others = ['one.two.FLAC', 'one.flac', 'one.txt', 'one', '.one', 'one.is not'].map((path) => entry(path));
    await share(catalog, 'ann', [...copies, ...others]);
    await register(catalog, 'bob', [entry('one.pdf')]);
    const facets = {
      types: [
        { value: 'audio', count: 3 },
        { value: 'document', count: 1 },
      ],
      extensions: [
        { value: 'flac', count: 2 },
        { value: 'mp3', count: 1 },
        { value: 'txt', count: 1 },
      ],
    };
    let after: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      const { next, total, bounded, ...found } = await catalog.find('one', { facets: true, limit: 2, after }, NOW_MS);
      assert.deepEqual([total, bounded, found.facets], [7, false, facets]);
      after = next;
    }
    assert.equal((await catalog.find('one', {}, NOW_MS)).facets, undefined);
    const all = await catalog.find('one', { facets: true, holders: 'all' }, NOW_MS);
    assert.equal(all.total, 8);
    assert.deepEqual(all.facets?.types[1], { value: 'document', count: 2 });
    const none = await catalog.find('nothing', { facets: true }, NOW_MS);
    assert.deepEqual(none, { rows: [], total: 0, bounded: false, facets: { types: [], extensions: [] } });
  });

  test('pages of all holders have no gaps or repeats', async () => {
    const { catalog } = subject;
    const entries = Array.from({ length: 30 }, (_, at) => entry(`${'abc'.charAt(at % 3)}/song ${at}`));
    await share(
      catalog,
      'ann',
      entries.filter((_, at) => at % 2 === 0),
    );
    await register(catalog, 'bob', entries);
    const whole = await find('song', { holders: 'all' });
    assert.equal(whole.length, 30);
    for (const limit of [1, 7, 30]) {
      const rows = await allPages((page) => catalog.find('song', { ...page, holders: 'all' }, NOW_MS), limit);
      assert.deepEqual(rows, whole);
    }
  });

  test('an answer that is not wanted any more is cancelled, and harms no other', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song')]);
    await assertFails('cancelled', catalog.find('song', {}, NOW_MS, AbortSignal.abort()));
    await assertFails('cancelled', catalog.search('song', {}, NOW_MS, AbortSignal.abort()));
    await assertFails('cancelled', catalog.browse('id-ann', undefined, {}, AbortSignal.abort()));
    await assertFails('cancelled', catalog.folder('id-ann', undefined, {}, AbortSignal.abort()));
    const controller = new AbortController();
    const given = assertFails('cancelled', catalog.find('song', {}, NOW_MS, controller.signal));
    const kept = catalog.find('song', {}, NOW_MS, new AbortController().signal);
    controller.abort();
    await given;
    assert.equal((await kept).total, 1);
  });
}
