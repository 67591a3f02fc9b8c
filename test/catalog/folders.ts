import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { folderReply, type FolderRow } from '../../src/protocol/codecs/folder.ts';
import { PAGE_BYTES_MAX, PAGE_ROWS_MAX } from '../../src/protocol/limits.ts';
import { entry } from './entries.ts';
import { allPages, assertFails, NOW_MS, register, share, type Subject } from './support.ts';

const TREE = [
  ...['a', 'a b/1', 'a/1', 'a/b/1', 'a/b/2', 'a/b!', 'a/b!/1', 'a/b/c/1', 'a/c', 'a0/1', 'b'],
  ...['é/1', '\u{1F600}/x\u{1F600}/1', '\u{1F600}/1', '\uFFFD/1'],
];

/** A row in short: `name/ files bytes` or `name`. */
function brief(row: FolderRow): string {
  return row.kind === 'folder' ? `${row.name}/ ${row.files} ${row.sizeBytes}` : row.name;
}

export function folderTests(subject: Subject): void {
  const list = async (path?: string, limit?: number): Promise<string[]> => {
    const rows = await allPages((page) => subject.catalog.folder('id-ann', path, page), limit);
    return rows.map(brief);
  };

  test('a folder is listed with what lies in it: folders with what is below them, then files', async () => {
    const { catalog } = subject;
    await register(
      catalog,
      'ann',
      TREE.map((path) => entry(path, { sizeBytes: 10 })),
    );
    await register(catalog, 'bob', [entry('z/z')]);
    const expected: readonly (readonly [string | undefined, readonly string[]])[] = [
      [undefined, ['a/ 7 70', 'a b/ 1 10', 'a0/ 1 10', 'é/ 1 10', '\uFFFD/ 1 10', '\u{1F600}/ 2 20', 'a', 'b']],
      ['a', ['b/ 3 30', 'b!/ 1 10', '1', 'b!', 'c']],
      ['a/b', ['c/ 1 10', '1', '2']],
      ['a/b/c', ['1']],
      ['\u{1F600}', ['x\u{1F600}/ 1 10', '1']],
      ['\u{1F600}/x\u{1F600}', ['1']],
      ['a/1', []],
      ['nothing', []],
    ];
    for (const [path, rows] of expected) {
      for (const limit of [undefined, 1, 2, 3]) assert.deepEqual(await list(path, limit), rows, path);
    }
  });

  test('a file of a folder has all that it takes to fetch it', async () => {
    const { catalog } = subject;
    const { path, ...held } = entry('a/song');
    await share(catalog, 'ann', [
      { path, ...held },
      { path: 'a/plain', sizeBytes: 1, sha1: held.sha1 },
    ]);
    const { rows } = await catalog.folder('id-ann', 'a', {});
    assert.deepEqual(rows, [
      { kind: 'file', name: 'plain', sizeBytes: 1, sha1: held.sha1 },
      { kind: 'file', name: 'song', ...held },
    ]);
  });

  test('a folder follows its list', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a/1'), entry('a/b/1')]);
    await catalog.replaceEntries('id-ann', encodeFileList([entry('a/b/1', { content: 'other', sizeBytes: 7 })]));
    assert.deepEqual(await list(), ['a/ 1 7']);
    await catalog.replaceEntries('id-ann', new Uint8Array());
    assert.deepEqual(await list(), []);
  });

  test('sizes may be claimed that no number holds together', async () => {
    const entries = Array.from({ length: 2_000 }, (_, at) => entry(`a/${at}`, { sizeBytes: Number.MAX_SAFE_INTEGER }));
    await register(subject.catalog, 'ann', entries);
    assert.deepEqual(await list(), [`a/ 2000 ${Number.MAX_SAFE_INTEGER}`]);
  });

  test('a page of long names ends before its reply is over the cap', async () => {
    const { catalog } = subject;
    const names = Array.from({ length: 9_000 }, (_, at) => `f/${String(at).padStart(200, '%')}`);
    await register(
      catalog,
      'ann',
      names.map((name) => entry(name)),
    );
    const page = await catalog.folder('id-ann', 'f', { limit: PAGE_ROWS_MAX });
    assert.ok(page.next !== undefined && Buffer.byteLength(folderReply.encode(page)) <= PAGE_BYTES_MAX);
    assert.equal((await list('f')).length, names.length);
  });

  test('who or what is unknown is told of', async () => {
    const { catalog } = subject;
    await assertFails('unknown-id', catalog.folder('nobody', undefined, {}));
    await register(catalog, 'ann', [entry('a')]);
    await assertFails('bad-request', catalog.folder('id-ann', undefined, { after: 'x' }), /after/);
  });

  test('a peer was last seen when it was last heard of, and that stays after its logout', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    const lastSeenS = async (): Promise<number | undefined> =>
      (await catalog.listPeers('all', {}, NOW_MS)).rows[0]?.lastSeenS;
    assert.equal(await lastSeenS(), NOW_MS / 1_000);
    await catalog.beginSession({ id: 'id-ann', resumeTokenHash: '00' }, NOW_MS + 10_000);
    assert.equal(await lastSeenS(), NOW_MS / 1_000 + 10);
    await catalog.touch('id-ann', NOW_MS + 20_999);
    assert.equal(await lastSeenS(), NOW_MS / 1_000 + 20);
    await catalog.endSession('id-ann', { forget: false });
    await catalog.endSession('id-ann', { forget: true });
    assert.equal(await lastSeenS(), NOW_MS / 1_000 + 20);
    assert.equal(await catalog.findSession('id-ann'), undefined);
  });

  test('the whole network in figures', async () => {
    const { catalog } = subject;
    const nothing = { peersOnline: 0, peers: 0, entries: 0, sizeBytes: 0, contents: 0, contentsAtRisk: 0 };
    assert.deepEqual(await catalog.network(NOW_MS), nothing);
    await share(catalog, 'ann', [entry('song'), entry('song again', { content: 'song' }), entry('of ann')]);
    await register(catalog, 'bob', [
      entry('song'),
      entry('of bob'),
      entry('twice', { content: 'twice' }),
      entry('2', { content: 'twice' }),
    ]);
    await catalog.beginSession({ id: 'id-bob', resumeTokenHash: '00' }, NOW_MS);
    const figures = { peersOnline: 2, peers: 2, entries: 7, sizeBytes: 7_000, contents: 4, contentsAtRisk: 3 };
    assert.deepEqual(await catalog.network(NOW_MS), figures);
    await catalog.endSession('id-bob', { forget: true });
    await catalog.replaceEntries('id-ann', encodeFileList([entry('huge', { sizeBytes: Number.MAX_SAFE_INTEGER })]));
    assert.deepEqual(await catalog.network(NOW_MS), {
      peersOnline: 1,
      peers: 2,
      entries: 5,
      sizeBytes: Number.MAX_SAFE_INTEGER,
      contents: 4,
      contentsAtRisk: 4,
    });
  });
}
