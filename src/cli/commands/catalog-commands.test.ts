import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertFails, useCliFixture } from '../../../test/support/cli-fixture.ts';
import { contentRow, ROOT, SHA1 } from '../../../test/support/fake-peer-control.ts';
import { run, runJson } from '../../../test/support/processes.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/swapmeet.js', import.meta.url));

const cli = useCliFixture();
const { control } = cli;

test('search prints a hit a line, as JSON or for a person', async () => {
  control.contents = [
    contentRow({ path: 'music/\u001b[31mred\u202e.flac', sourceCount: 12 }),
    contentRow({ path: 'b', sizeBytes: 5 }),
  ];
  assert.deepEqual(await runJson(['search', 'red', ...cli.data]), [
    {
      name: 'music/\u001b[31mred\u202e.flac',
      size: 1_234_567,
      sha1: SHA1,
      root: ROOT,
      sourceCount: 12,
      sources: [{ id: 'id-1', username: 'alice', path: 'music/\u001b[31mred\u202e.flac' }],
      holderCount: 1,
      offline: [],
    },
    {
      name: 'b',
      size: 5,
      sha1: SHA1,
      root: ROOT,
      sourceCount: 1,
      sources: [{ id: 'id-1', username: 'alice', path: 'b' }],
      holderCount: 1,
      offline: [],
    },
  ]);
  const { stdout, stderr } = await run(['search', 'red', ...cli.data]);
  assert.deepEqual(stdout.split('\n'), [
    `   SIZE  SOURCES  SHA-1${' '.repeat(35)}  NAME`,
    `1.23 MB       12  ${SHA1}  music/\ufffd[31mred\ufffd.flac`,
    `    5 B        1  ${SHA1}  b`,
    '',
  ]);
  assert.equal(stderr, '');
});

test('search tells the other names of a content', async () => {
  const bob = { id: 'id-2', username: 'bob', path: 'b/bobs-lake.mkv', presence: 'offline' } as const;
  control.contents = [contentRow({ holderCount: 2, holders: [...contentRow().holders, bob] })];
  const { stdout } = await run(['search', 'lake', '--all', ...cli.data]);
  assert.match(stdout, / music\/song\.flac {2}\(also bobs-lake\.mkv\)\n$/);
  const [hit] = await runJson<{ sources: unknown; offline: unknown }>(['search', 'lake', '--all', ...cli.data]);
  assert.deepEqual(hit?.sources, [{ id: 'id-1', username: 'alice', path: 'music/song.flac' }]);
  assert.deepEqual(hit.offline, [{ id: 'id-2', username: 'bob', path: 'b/bobs-lake.mkv' }]);
});

test('search --all marks what nobody online has, --facets counts', async () => {
  const holders = [{ id: 'id-2', username: 'bob', path: 'b', presence: 'offline' }] as const;
  control.contents = [contentRow({ path: 'a' }), contentRow({ path: 'b', sourceCount: 0, holderCount: 3, holders })];
  const { stdout } = await run(['search', 'x', '--all', '--facets', ...cli.data]);
  assert.deepEqual(control.asked, { holders: 'all', facets: true, limit: 50 });
  assert.match(stdout, /SOURCES {2}HOLDERS.*\n.* 1 {2} +1 .* a\n.*offline +3 .* b\n\ntype: {2}audio 2\next: {3}\n$/);
  const [, hit, last] = await runJson<{ sources: []; offline: [] }>(['search', 'x', '--all', '--facets', ...cli.data]);
  assert.deepEqual([hit?.sources, hit?.offline], [[], [{ id: 'id-2', username: 'bob', path: 'b' }]]);
  const facets = { types: [{ value: 'audio', count: 2 }], extensions: [] };
  assert.deepEqual(last, { total: 2, bounded: false, facets });
});

test('a query may begin with what it excludes', async () => {
  control.contents = [contentRow({ path: 'lake' })];
  assert.equal((await runJson(['search', '-type:video', 'lake', ...cli.data])).length, 1);
  assert.equal((await runJson(['search', '-type:video lake', '--limit', '1', ...cli.data])).length, 1);
  const [watch] = await runJson<{ query: string }>(['watch', '-type:video lake', '--get', ...cli.data]);
  assert.equal(watch?.query, '-type:video lake');
});

test('where nothing is found, it is told what the query may have been meant for', async () => {
  const { code, stderr } = await run(['search', 'foo:bar', 'lake*', 'peer:nobody', ...cli.data]);
  assert.equal(code, 0);
  assert.match(stderr, /^Nothing found.*\nfoo: is no filter.*\n\* is no wildcard.*\n.*nobody.*\n$/);
  assert.equal((await run(['search', 'foo:bar', '--json', ...cli.data])).stderr, '');
});

test('a wrong query is shown with its place', async () => {
  const { code, stdout, stderr } = await run(['search', 'a', 'size:big', ...cli.data]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^swapmeet: at column 3: size: takes .*\(bad-query\)\n {2}a size:big\n {4}\^\n$/);
  const { error } = JSON.parse((await run(['search', 'a', 'size:big', '--json', ...cli.data])).stderr) as {
    error: { code: string; column: number };
  };
  assert.deepEqual([error.code, error.column], ['bad-query', 3]);
});

test('network shows the figures of all peers', async () => {
  const { sizeBytes, ...totals } = control.network_;
  assert.deepEqual(await runJson(['network', ...cli.data]), [{ ...totals, size: sizeBytes }]);
  const { stdout } = await run(['network', ...cli.data]);
  assert.match(stdout, /2 online, 3 registered\n.*10, 4\.00 kB\n.*7, of which only one peer holds 5\n$/);
});

test('browse shows a folder at a time, as a tree', async () => {
  control.entries.set('alice', []);
  control.folders.set('alice/music', [
    { kind: 'folder', name: 'live', files: 12, sizeBytes: 3_000 },
    { kind: 'file', name: 'song.flac', sizeBytes: 1_000, sha1: SHA1, root: ROOT },
  ]);
  assert.deepEqual(await runJson(['browse', 'alice', 'music/', ...cli.data]), [
    { kind: 'folder', path: 'music/live', files: 12, size: 3_000 },
    { kind: 'file', path: 'music/song.flac', size: 1_000, sha1: SHA1, root: ROOT },
  ]);
  const { stdout } = await run(['browse', 'alice', 'music', ...cli.data]);
  const blank = ' '.repeat(40);
  assert.deepEqual(stdout.split('\n').slice(1), [
    `   12  3.00 kB  ${blank}  music/live/`,
    `       1.00 kB  ${SHA1}  music/song.flac`,
    '',
  ]);
});

test('search shows the first fifty, as many as wanted, or all', async () => {
  control.contents = Array.from({ length: 2_500 }, (_, index) => contentRow({ path: `f/${index}` }));
  const lines = async (...args: string[]): Promise<number> =>
    (await runJson(['search', 'f', ...args, ...cli.data])).length;
  assert.deepEqual(await Promise.all([lines(), lines('--limit', '1700'), lines('--limit', 'all')]), [50, 1_700, 2_500]);
  const { stdout, stderr } = await run(['search', 'two', 'words', ...cli.data]);
  assert.equal(stdout.trimEnd().split('\n').length, 51);
  assert.match(stderr, /2500 in all: .*--limit all/);
});

test('peers shows who is wanted', async () => {
  control.peers_ = (['online', 'offline'] as const).map((presence) => ({
    username: presence,
    id: `id-${presence}`,
    presence,
    files: 3,
    sizeBytes: 4_000,
    lastSeenS: 1_767_225_600,
  }));
  const names = async (...args: string[]): Promise<string[]> =>
    (await runJson<{ username: string }>(['peers', ...args, ...cli.data])).map(({ username }) => username);
  const all = await Promise.all([names(), names('--online'), names('--offline'), names('--all')]);
  assert.deepEqual(all, [['online'], ['online'], ['offline'], ['online', 'offline']]);
  const [peer] = await runJson(['peers', ...cli.data]);
  const lastSeen = '2026-01-01T00:00:00.000Z';
  assert.deepEqual(peer, { username: 'online', id: 'id-online', presence: 'online', files: 3, size: 4_000, lastSeen });
  assert.match((await run(['peers', '--all', ...cli.data])).stdout, /^online +now .*\noffline +\d+ d ago /m);
  assertFails(await run(['peers', '--online', '--all', ...cli.data]), 2, 'bad-argument');
});

test('browse lists a folder, with whole paths that get takes', async () => {
  control.entries.set('alice', [
    { path: 'music/live/a.flac', sizeBytes: 1_000, sha1: SHA1, root: ROOT },
    { path: 'music/b.flac', sizeBytes: 0, sha1: SHA1 },
  ]);
  assert.deepEqual(await runJson(['browse', 'alice', ...cli.data]), [
    { path: 'music/live/a.flac', size: 1_000, sha1: SHA1, root: ROOT },
    { path: 'music/b.flac', size: 0, sha1: SHA1 },
  ]);
  const { stdout } = await run(['browse', 'alice', 'music/live/', ...cli.data]);
  assert.equal(stdout.split('\n')[1], `1.00 kB  ${SHA1}  music/live/a.flac`);
  const nowhere = await run(['browse', 'alice', 'video', ...cli.data]);
  assertFails(nowhere, 1, 'not-found');
  assert.match(nowhere.stderr, /alice shares nothing at video: .*browse alice/);
  assertFails(await run(['browse', 'nobody', ...cli.data]), 1, 'not-found');
});

test('a list of 100,000 files streams, and whoever stops reading ends it quietly', async () => {
  const entries = Array.from({ length: 100_000 }, (_, index) => ({ path: `s/${index}`, sizeBytes: 1, sha1: SHA1 }));
  control.entries.set('alice', entries);
  assert.equal((await runJson(['browse', 'alice', '--recursive', ...cli.data])).length, 100_000);

  const child = spawn(process.execPath, [PROGRAM, 'browse', 'alice', '--recursive', ...cli.data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number];
  assert.deepEqual([code, stderr], [141, '']);
});
