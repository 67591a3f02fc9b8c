import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  contentRow,
  createFakePeerControl,
  downloadView,
  ROOT,
  SHA1,
  type FakePeerControl,
} from '../../../test/support/fake-peer-control.ts';
import { followJson, run, runJson, start, temporaryFolder, type Finished } from '../../../test/support/processes.ts';
import { startApiServer, type ApiServer } from '../../api/server.ts';
import { SwapmeetError } from '../../domain/errors.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/swapmeet.js', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: readonly [string, string];
let control: FakePeerControl;
let server: ApiServer;

before(async () => {
  folder = await temporaryFolder('cli');
  data = ['--data', folder.path];
  control = createFakePeerControl();
  server = await startApiServer({ control, dataFolder: folder.path });
});
beforeEach(() => {
  Object.assign(control, { contents: [], peers_: [], shares_: [], states: [], fault: undefined });
  control.entries.clear();
  control.folders.clear();
  control.requests.length = 0;
  control.downloads_.length = 0;
});
after(async () => {
  await server.close();
  await folder.remove();
});

function assertFails({ code, stdout, stderr }: Finished, exitCode: number, errorCode: string): void {
  assert.equal(code, exitCode, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, new RegExp(`^swapmeet: .+ \\(${errorCode}\\)\n$`));
}

test('search prints a hit a line, as JSON or for a person', async () => {
  control.contents = [
    contentRow({ path: 'music/\u001b[31mred\u202e.flac', sourceCount: 12 }),
    contentRow({ path: 'b', sizeBytes: 5 }),
  ];
  assert.deepEqual(await runJson(['search', 'red', ...data]), [
    {
      name: 'music/\u001b[31mred\u202e.flac',
      size: 1_234_567,
      sha1: SHA1,
      root: ROOT,
      sourceCount: 12,
      sources: [{ id: 'id-1', username: 'alice' }],
      holderCount: 1,
      offline: [],
    },
    {
      name: 'b',
      size: 5,
      sha1: SHA1,
      root: ROOT,
      sourceCount: 1,
      sources: [{ id: 'id-1', username: 'alice' }],
      holderCount: 1,
      offline: [],
    },
  ]);
  const { stdout, stderr } = await run(['search', 'red', ...data]);
  assert.deepEqual(stdout.split('\n'), [
    `   SIZE  SOURCES  SHA-1${' '.repeat(35)}  NAME`,
    `1.23 MB       12  ${SHA1}  music/\ufffd[31mred\ufffd.flac`,
    `    5 B        1  ${SHA1}  b`,
    '',
  ]);
  assert.equal(stderr, '');
});

test('search --all marks what nobody online has, --facets counts', async () => {
  const holders = [{ id: 'id-2', username: 'bob', path: 'b', presence: 'offline' }] as const;
  control.contents = [contentRow({ path: 'a' }), contentRow({ path: 'b', sourceCount: 0, holderCount: 3, holders })];
  const { stdout } = await run(['search', 'x', '--all', '--facets', ...data]);
  assert.deepEqual(control.asked, { holders: 'all', facets: true, limit: 50 });
  assert.match(stdout, /SOURCES {2}HOLDERS.*\n.* 1 {2} +1 .* a\n.*offline +3 .* b\n\ntype: {2}audio 2\next: {3}\n$/);
  const [, hit, last] = await runJson<{ sources: []; offline: [] }>(['search', 'x', '--all', '--facets', ...data]);
  assert.deepEqual([hit?.sources, hit?.offline], [[], [{ id: 'id-2', username: 'bob' }]]);
  const facets = { types: [{ value: 'audio', count: 2 }], extensions: [] };
  assert.deepEqual(last, { total: 2, bounded: false, facets });
});

test('a wrong query is shown with its place', async () => {
  const { code, stdout, stderr } = await run(['search', 'a', 'size:big', ...data]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^swapmeet: at column 3: size: takes .*\(bad-query\)\n {2}a size:big\n {4}\^\n$/);
  const { error } = JSON.parse((await run(['search', 'a', 'size:big', '--json', ...data])).stderr) as {
    error: { code: string; column: number };
  };
  assert.deepEqual([error.code, error.column], ['bad-query', 3]);
});

test('network shows the figures of all peers', async () => {
  const { sizeBytes, ...totals } = control.network_;
  assert.deepEqual(await runJson(['network', ...data]), [{ ...totals, size: sizeBytes }]);
  const { stdout } = await run(['network', ...data]);
  assert.match(stdout, /2 online, 3 registered\n.*10, 4\.00 kB\n.*7, of which only one peer holds 5\n$/);
});

test('browse shows a folder at a time, as a tree', async () => {
  control.entries.set('alice', []);
  control.folders.set('alice/music', [
    { kind: 'folder', name: 'live', files: 12, sizeBytes: 3_000 },
    { kind: 'file', name: 'song.flac', sizeBytes: 1_000, sha1: SHA1, root: ROOT },
  ]);
  assert.deepEqual(await runJson(['browse', 'alice', 'music/', ...data]), [
    { kind: 'folder', path: 'music/live', files: 12, size: 3_000 },
    { kind: 'file', path: 'music/song.flac', size: 1_000, sha1: SHA1, root: ROOT },
  ]);
  const { stdout } = await run(['browse', 'alice', 'music', ...data]);
  const blank = ' '.repeat(40);
  assert.deepEqual(stdout.split('\n').slice(1), [
    `   12  3.00 kB  ${blank}  music/live/`,
    `       1.00 kB  ${SHA1}  music/song.flac`,
    '',
  ]);
});

test('search shows the first fifty, as many as wanted, or all', async () => {
  control.contents = Array.from({ length: 2_500 }, (_, index) => contentRow({ path: `f/${index}` }));
  const lines = async (...args: string[]): Promise<number> => (await runJson(['search', 'f', ...args, ...data])).length;
  assert.deepEqual(await Promise.all([lines(), lines('--limit', '1700'), lines('--limit', 'all')]), [50, 1_700, 2_500]);
  const { stdout, stderr } = await run(['search', 'two', 'words', ...data]);
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
    (await runJson<{ username: string }>(['peers', ...args, ...data])).map(({ username }) => username);
  const all = await Promise.all([names(), names('--online'), names('--offline'), names('--all')]);
  assert.deepEqual(all, [['online'], ['online'], ['offline'], ['online', 'offline']]);
  const [peer] = await runJson(['peers', ...data]);
  const lastSeen = '2026-01-01T00:00:00.000Z';
  assert.deepEqual(peer, { username: 'online', id: 'id-online', presence: 'online', files: 3, size: 4_000, lastSeen });
  assert.match((await run(['peers', '--all', ...data])).stdout, /^online +now .*\noffline +\d+ d ago /m);
  assertFails(await run(['peers', '--online', '--all', ...data]), 2, 'bad-argument');
});

test('browse lists a folder, with whole paths that get takes', async () => {
  control.entries.set('alice', [
    { path: 'music/live/a.flac', sizeBytes: 1_000, sha1: SHA1, root: ROOT },
    { path: 'music/b.flac', sizeBytes: 0, sha1: SHA1 },
  ]);
  assert.deepEqual(await runJson(['browse', 'alice', ...data]), [
    { path: 'music/live/a.flac', size: 1_000, sha1: SHA1, root: ROOT },
    { path: 'music/b.flac', size: 0, sha1: SHA1 },
  ]);
  const { stdout } = await run(['browse', 'alice', 'music/live/', ...data]);
  assert.equal(stdout.split('\n')[1], `1.00 kB  ${SHA1}  music/live/a.flac`);
  assert.match(
    (await run(['browse', 'alice', 'video', ...data])).stderr,
    /^alice shares nothing at video: .*browse alice/,
  );
  assertFails(await run(['browse', 'nobody', ...data]), 1, 'not-found');
});

test('a list of 100,000 files streams, and whoever stops reading ends it quietly', async () => {
  const entries = Array.from({ length: 100_000 }, (_, index) => ({ path: `s/${index}`, sizeBytes: 1, sha1: SHA1 }));
  control.entries.set('alice', entries);
  assert.equal((await runJson(['browse', 'alice', '--recursive', ...data])).length, 100_000);

  const child = spawn(process.execPath, [PROGRAM, 'browse', 'alice', '--recursive', ...data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number];
  assert.deepEqual([code, stderr], [141, '']);
});

test('shares and status tell how the peer is doing', async () => {
  const hashing = { filesDone: 1, filesTotal: 4, bytesDone: 30, bytesTotal: 120 };
  const error = { code: 'disk-error', message: 'no disk' } as const;
  control.shares_ = [
    { label: 'music', folder: '/m', files: 4, sizeBytes: 120, hashing },
    { label: 'gone', folder: '/g', files: 0, sizeBytes: 0, error },
  ];
  control.downloads_.push(downloadView({ verifiedBytes: 500 }), downloadView({ state: 'done' }));
  assert.deepEqual(await runJson(['shares', ...data]), [
    { label: 'music', folder: '/m', files: 4, size: 120, hashing },
    { label: 'gone', folder: '/g', files: 0, size: 0, error },
  ]);
  const shares = await run(['shares', ...data]);
  assert.match(shares.stdout, /hashing 25%.*music.*\n *unreadable.*gone/);
  assert.match(shares.stderr, /gone: no disk \(disk-error\)/);

  const [status] = await runJson<{ link: { state: string }; size: number; downloads: unknown[] }>(['status', ...data]);
  assert.equal(status?.link.state, 'online');
  assert.equal(status.size, 3_000);
  assert.deepEqual(status.downloads, [JSON.parse(JSON.stringify(downloadView({ verifiedBytes: 500 })))]);
  const { stdout } = await run(['status', ...data]);
  assert.match(stdout, /online with id id-bob/);
  assert.match(stdout, /waiting +50% +1\.00 kB/);
});

test('get shows the progress and succeeds only when the file is whole', async () => {
  const liars = ['mallory'];
  control.states = [
    downloadView(),
    downloadView({ state: 'downloading', source: 'alice', verifiedBytes: 400, bytesPerSecond: 100 }),
    downloadView({ state: 'done', verifiedBytes: 1_000, liars }),
  ];
  const done = await run(['get', SHA1.toUpperCase(), '--out', 'somewhere', ...data]);
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(control.requests, [{ what: { sha1: SHA1 }, folder: resolve('somewhere') }]);
  assert.match(done.stdout, /^\/downloads\/song\.flac {2}\(1\.00 kB, verified\)\n$/);
  assert.match(done.stderr, /40% of 1\.00 kB, 100 B\/s, from alice\n.*\n.*mallory/);

  const states = await runJson<{ state: string }>(['get', 'alice:music/a:b.flac', ...data]);
  assert.deepEqual(
    states.map(({ state }) => state),
    ['waiting', 'downloading', 'done'],
  );
  assert.deepEqual(control.requests[1], { what: { peer: 'alice', path: 'music/a:b.flac' } });
});

test('get takes a folder, not a file', async () => {
  const failed = await run(['get', SHA1, '--out', fileURLToPath(import.meta.url), ...data]);
  assertFails(failed, 1, 'bad-argument');
  assert.match(failed.stderr, /is a file: --out takes a folder/);
  assert.deepEqual(control.requests, []);
});

test('get tells why a download failed', async () => {
  const error = { code: 'name-conflict', message: 'another file is there' } as const;
  control.states = [downloadView({ state: 'failed', error })];
  const { code, stdout, stderr } = await run(['get', SHA1, ...data]);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /swapmeet: another file is there \(name-conflict\)\n$/);
});

test(
  'Ctrl-C ends the watching and says that the download goes on',
  { skip: process.platform === 'win32' },
  async () => {
    control.states = [downloadView()];
    const child = spawn(process.execPath, [PROGRAM, 'get', SHA1, ...data], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      if (chunk.includes('waiting')) child.kill('SIGINT');
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 130);
    assert.match(stderr, /goes on in the peer/);
  },
);

test('a peer that stops while get watches is told of', async () => {
  const other = await temporaryFolder('cli-stopping');
  control.states = [downloadView()];
  const stopping = await startApiServer({ control, dataFolder: other.path });
  const watching = followJson<{ state: string }>(['get', SHA1, '--data', other.path]);
  const states = [];
  for await (const { state } of watching.rows) {
    states.push(state);
    await stopping.close();
  }
  assert.deepEqual([states, await watching.code], [['waiting'], 1]);
  await other.remove();
});

test('hash goes on after a file that can’t be read', async () => {
  const path = join(folder.path, 'hello.txt');
  await writeFile(path, 'hello');
  const sha1 = createHash('sha1').update('hello').digest('hex');
  const root = createHash('sha256').update('hello').digest('hex');
  const missing = join(folder.path, 'missing');
  const { code, stdout, stderr } = await run(['hash', '--json', missing, path]);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), { path, size: 5, sha1, root });
  assert.match(stderr, /^\{"error":\{"code":"not-found"/);
  const person = await run(['hash', path]);
  assert.deepEqual(person.stdout, `${path}\n  size  5\n  sha1  ${sha1}\n  root  ${root}\n`);
});

test('failures have a sentence, a code and an exit status', async () => {
  control.fault = new SwapmeetError('bad-query', 'say\nwhat \u001b[0m');
  const failed = await run(['search', 'x', ...data]);
  assert.deepEqual([failed.code, failed.stderr], [1, 'swapmeet: say\ufffdwhat \ufffd[0m (bad-query)\n']);
  const json = await run(['search', 'x', '--json', ...data]);
  assert.deepEqual(JSON.parse(json.stderr), { error: { code: 'bad-query', message: 'say\nwhat \u001b[0m' } });
  assertFails(await run(['status', '--data', join(folder.path, 'nobody')]), 1, 'not-running');
  assertFails(await run(['get', 'neither', ...data]), 1, 'bad-argument');
});

test('a command line that can’t be read is status 2', async () => {
  const lines = [
    ['serch'],
    ['search'],
    ['search', 'x', '--limit', '0'],
    ['status', '--nonsense'],
    ['send', 'NONSENSE'],
  ];
  for (const failed of await Promise.all(lines.map((line) => run(line)))) assertFails(failed, 2, 'bad-argument');
  const { code, stderr } = await run(['search', '--json', '--limit', 'x', 'y']);
  assert.equal(code, 2);
  assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, 'bad-argument');
});

test('a server logs JSON where nobody looks, and sentences to who wants them', async () => {
  const own = await temporaryFolder('cli-log');
  const logOf = async (...args: string[]): Promise<string> => {
    const running = await start(['server', '--data', own.path, '--listen', '127.0.0.1:0', ...args]);
    await running.stop();
    return running.stderr();
  };
  assert.match(await logOf(), /^\{"level":30,.*"msg":"listening"\}\n/);
  assert.match(await logOf('--log', 'text'), /^\d\d:\d\d:\d\d listening \(address 127\.0\.0\.1, port \d+/);
  await own.remove();
});

test('up keeps both addresses, and a name that somebody else has is explained', async () => {
  const own = await temporaryFolder('cli-up');
  const linkOf = async (...args: string[]): Promise<string> => {
    const running = await start(['up', '--data', join(own.path, 'ada'), ...args]);
    const refused = await run([
      ...['peer', '--data', join(own.path, 'bob'), '--join', running.ready, '--name', 'ada', '--listen', '127.0.0.1:0'],
      ...['--log-level', 'silent'],
    ]);
    assertFails(refused, 1, 'name-taken');
    assert.match(refused.stderr, /--name/);
    await running.stop();
    return running.ready.replace(/:\d+/, '');
  };
  const first = await linkOf('--name', 'ada', '--listen', '127.0.0.1:0', '--peer-listen', '127.0.0.1:0');
  assert.match(first, /^swapmeet:\/\/127\.0\.0\.1\//);
  assert.equal(await linkOf(), first);
  await own.remove();
});

test('help teaches: every command is listed, and shows how it is used', async () => {
  const { stdout, code } = await run(['--help']);
  assert.equal(code, 0);
  const commands = 'up server peer search peers network browse get shares status hash send'.split(' ');
  assert.deepEqual(
    stdout.match(/^ {2}([a-z]+)(?= [[<]| {2,})/gm)?.map((name) => name.trim()),
    [...commands, 'help'],
  );
  const pages = await Promise.all(commands.map((command) => run([command, '--help'])));
  for (const page of pages) assert.match(page.stdout, /Examples:\n {2}\$ /);
  assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('the data folder may come from the environment', async () => {
  const { code, stdout } = await run(['status'], { env: { SWAPMEET_DATA: folder.path } });
  assert.equal(code, 0);
  assert.match(stdout, /bob/);
});
