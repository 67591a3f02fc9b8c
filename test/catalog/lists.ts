import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/domain/entry.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { entry, rootOf, sha1Of } from './entries.ts';
import { allPages, assertFails, browseAll, NOW_MS, register, searchPaths, share, type Subject } from './support.ts';

const LARGE_LIST_FILES = 20_000;

function* largeList(version: number): Generator<Entry> {
  for (let at = 0; at < LARGE_LIST_FILES; at += 1) {
    // One in ten differs between versions.
    const content = at % 10 === 0 ? `${at} of version ${version}` : String(at);
    yield entry(`share/folder ${at % 100}/track ${at}.flac`, { content });
  }
}

export function listTests(subject: Subject): void {
  test('a list is replaced as a whole: added, removed, changed and kept entries', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('keep'), entry('change'), entry('x/remove'), entry('x/y/move')]);
    const changed = { path: 'change', sizeBytes: 7, sha1: sha1Of('other') };
    const list = [entry('keep'), changed, entry('z/move', { content: 'x/y/move' }), entry('add')];
    await catalog.replaceEntries('id-ann', encodeFileList(list));
    const { rows } = await catalog.browse('id-ann', undefined, {});
    assert.deepEqual(rows, [entry('add'), changed, entry('keep'), entry('z/move', { content: 'x/y/move' })]);
    for (const path of ['remove', 'x/y']) assert.deepEqual(await searchPaths(catalog, path), []);
    assert.deepEqual(await searchPaths(catalog, 'move'), ['z/move']);
    assert.equal((await catalog.sources(sha1Of('change'), undefined, NOW_MS)).length, 0);
    assert.equal((await catalog.sources(sha1Of('other'), undefined, NOW_MS)).length, 1);
  });

  test('an empty list is fine, and so is a trailing line end', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('a')]);
    await catalog.replaceEntries('id-ann', new Uint8Array());
    assert.deepEqual(await browseAll(catalog, 'id-ann'), []);
    await catalog.replaceEntries('id-ann', Buffer.from(`b|0|${sha1Of('')}\n`));
    assert.deepEqual((await catalog.browse('id-ann', undefined, {})).rows, [
      { path: 'b', sizeBytes: 0, sha1: sha1Of('') },
    ]);
  });

  test('a list is read from where it lies, and left to its owner', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    const bytes = Buffer.from(`junk a|1|${sha1Of('a')}\njunk`);
    await catalog.replaceEntries('id-ann', bytes.subarray(5, -5));
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a']);
    assert.equal(bytes.toString('utf8', 0, 5), 'junk ');
  });

  test('a line that does not parse refuses the whole list, and is named', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('old')]);
    const good = `new|1|${sha1Of('new')}`;
    for (const bad of ['', 'a|1', `a|x|${sha1Of('a')}`, 'a|1|00', `../a|1|${sha1Of('a')}`, `/a|1|${sha1Of('a')}`]) {
      await assertFails(
        'bad-line',
        catalog.replaceEntries('id-ann', Buffer.from(`${good}\n${bad}\n${good}`)),
        /^line 2 /,
      );
    }
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['old']);
    assert.deepEqual(await searchPaths(catalog, 'new'), []);
  });

  test('a filename given twice refuses the whole list, new or stored before', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('old')]);
    const twice = encodeFileList([entry('new'), entry('a/new'), entry('new', { content: 'other' })]);
    await assertFails('bad-line', catalog.replaceEntries('id-ann', twice), /^line 3 .*same filename/);
    const stored = encodeFileList([entry('old'), entry('old')]);
    await assertFails('bad-line', catalog.replaceEntries('id-ann', stored), /^line 2 /);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['old']);
  });

  test('a list whose lines all claim one SHA-1, with other sizes and roots, is stored and replaced in passing', async () => {
    const { catalog } = subject;
    const sha1 = sha1Of('one');
    const liesOf = (root: (at: number) => string): Entry[] =>
      Array.from({ length: LARGE_LIST_FILES }, (_, at) =>
        at % 2 === 0
          ? { path: `lie ${at}`, sizeBytes: at, sha1 }
          : { path: `lie ${at}`, sizeBytes: 1, sha1, root: root(at) },
      );
    await share(
      catalog,
      'ann',
      liesOf((at) => rootOf(String(at))),
    );
    await catalog.replaceEntries('id-ann', encodeFileList(liesOf((at) => rootOf(`other ${at}`))));
    assert.equal((await catalog.sources(sha1, rootOf('1'), NOW_MS)).length, 0);
    assert.equal((await catalog.sources(sha1, rootOf('other 1'), NOW_MS)).length, 1);
  });

  test('one content in many lists stays while one of them has it', async () => {
    const { catalog } = subject;
    const song = (path: string): Entry => entry(path, { content: 'song' });
    await share(catalog, 'ann', [song('a'), song('b')]);
    await share(catalog, 'bob', [song('c')]);
    await catalog.replaceEntries('id-ann', new Uint8Array());
    const left = await catalog.sources(sha1Of('song'), undefined, NOW_MS);
    assert.deepEqual(
      left.map(({ path }) => path),
      ['c'],
    );
    await catalog.replaceEntries('id-bob', new Uint8Array());
    assert.deepEqual(await catalog.sources(sha1Of('song'), undefined, NOW_MS), []);
    await catalog.replaceEntries('id-ann', encodeFileList([song('d')]));
    assert.equal((await catalog.find('d', {}, NOW_MS)).rows[0]?.sourceCount, 1);
  });

  test('peers are listed with what they share, whatever sizes they claim', async () => {
    const { catalog } = subject;
    const huge = { sizeBytes: Number.MAX_SAFE_INTEGER };
    await register(catalog, 'ann', [entry('a', { sizeBytes: 5 }), entry('b', { sizeBytes: 6 })]);
    await register(
      catalog,
      'liar',
      Array.from({ length: 2_000 }, (_, at) => entry(String(at), huge)),
    );
    const { rows } = await catalog.listPeers('all', {}, NOW_MS);
    const lastSeenS = NOW_MS / 1_000;
    assert.deepEqual(rows, [
      { username: 'ann', id: 'id-ann', presence: 'offline', files: 2, sizeBytes: 11, lastSeenS },
      {
        username: 'liar',
        id: 'id-liar',
        presence: 'offline',
        files: 2_000,
        sizeBytes: Number.MAX_SAFE_INTEGER,
        lastSeenS,
      },
    ]);
  });

  test('a large list is replaced while others read what was there before or what is there after', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [...largeList(1)]);
    const seen: number[] = [];
    const state = { replaced: false };
    const replacing = catalog.replaceEntries('id-ann', encodeFileList(largeList(2))).then(() => {
      state.replaced = true;
    });
    while (!state.replaced) {
      const [old, renewed] = await Promise.all([1, 2].map((version) => countOf(`10 of version ${version}`)));
      assert.ok((old ?? 0) <= 1 && (renewed ?? 0) <= 1);
      seen.push(renewed ?? 0);
    }
    await replacing;
    assert.ok(seen.includes(0), 'somebody read while the list was being replaced');
    assert.deepEqual(seen, seen.toSorted());
    assert.equal(await countOf('10 of version 2'), 1);
    const paths = await allPages((page) => catalog.browse('id-ann', undefined, page), undefined);
    assert.equal(paths.length, LARGE_LIST_FILES);

    async function countOf(content: string): Promise<number> {
      return (await catalog.sources(sha1Of(content), undefined, NOW_MS)).length;
    }
  });
}
