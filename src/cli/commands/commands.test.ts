import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertFails, useCliFixture } from '../../../test/support/cli-fixture.ts';
import { contentRow, downloadView, SHA1 } from '../../../test/support/fake-peer-control.ts';
import { followJson, run, runJson, start, temporaryFolder } from '../../../test/support/processes.ts';
import { startApiServer } from '../../api/server.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { createProgram } from '../program.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/swapmeet.js', import.meta.url));

const cli = useCliFixture();
const { control } = cli;

test('shares and status tell how the peer is doing', async () => {
  const hashing = { filesDone: 1, filesTotal: 4, bytesDone: 30, bytesTotal: 120 };
  const error = { code: 'disk-error', message: 'no disk' } as const;
  control.shares_ = [
    { label: 'music', folder: '/m', files: 4, sizeBytes: 120, hashing },
    { label: 'gone', folder: '/g', files: 0, sizeBytes: 0, error },
  ];
  control.downloads_.push(downloadView({ state: 'downloading', verifiedBytes: 500 }), downloadView({ state: 'done' }));
  assert.deepEqual(await runJson(['shares', ...cli.data]), [
    { label: 'music', folder: '/m', files: 4, size: 120, hashing, hashingPace: 'full' },
    { label: 'gone', folder: '/g', files: 0, size: 0, error, hashingPace: 'full' },
  ]);
  const shares = await run(['shares', ...cli.data]);
  assert.match(shares.stdout, /hashing 25%.*music.*\n *unreadable.*gone/);
  assert.match(shares.stderr, /gone: no disk \(disk-error\)/);

  const [status] = await runJson<{ link: { state: string }; size: number; downloads: unknown[] }>([
    'status',
    ...cli.data,
  ]);
  assert.equal(status?.link.state, 'online');
  assert.equal(status.size, 3_000);
  const { sizeBytes, ...download } = downloadView({ state: 'downloading', verifiedBytes: 500 });
  assert.deepEqual(status.downloads, [JSON.parse(JSON.stringify({ ...download, size: sizeBytes }))]);
  const { stdout } = await run(['status', ...cli.data]);
  assert.match(stdout, /online with id id-bob/);
  assert.match(stdout, /downloading +50% +1\.00 kB/);
  assert.doesNotMatch(stdout, /hashing/);
  const { status_ } = control;
  control.status_ = { ...status_, hashingPace: 'paused' };
  assert.match((await run(['status', ...cli.data])).stdout, /hashing +paused: .*--resume-hashing/);
  control.status_ = status_;
});

test('get shows the progress and succeeds only when the file is whole', async () => {
  const liars = ['mallory'];
  control.states = [
    downloadView(),
    downloadView({ state: 'downloading', source: 'alice', queued: { username: 'alice', position: 3, estimateS: 12 } }),
    downloadView({ state: 'downloading', source: 'alice', verifiedBytes: 400, bytesPerSecond: 100 }),
    downloadView({ state: 'done', verifiedBytes: 1_000, liars }),
  ];
  const done = await run(['get', SHA1.toUpperCase(), '--out', 'somewhere', ...cli.data]);
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(control.requests, [{ what: { sha1: SHA1 }, folder: resolve('somewhere') }]);
  assert.match(done.stdout, /^\/downloads\/song\.flac {2}\(1\.00 kB, verified\)\n$/);
  assert.match(done.stderr, /0% of 1\.00 kB, waiting for alice: place 3, about 12 s\n/);
  assert.match(done.stderr, /40% of 1\.00 kB, 100 B\/s, from alice\n.*\n.*mallory/);

  const states = await runJson<{ state: string }>(['get', 'alice:music/a:b.flac', ...cli.data]);
  assert.deepEqual(
    states.map(({ state }) => state),
    ['waiting', 'downloading', 'downloading', 'done'],
  );
  assert.deepEqual(control.requests[1], { what: { peer: 'alice', path: 'music/a:b.flac' } });
});

test('get takes a folder, not a file', async () => {
  const failed = await run(['get', SHA1, '--out', fileURLToPath(import.meta.url), ...cli.data]);
  assertFails(failed, 1, 'bad-argument');
  assert.match(failed.stderr, /is a file: --out takes a folder/);
  assert.deepEqual(control.requests, []);
});

test('get tells why a download failed', async () => {
  const error = { code: 'name-conflict', message: 'another file is there' } as const;
  control.states = [downloadView({ state: 'failed', error })];
  const { code, stdout, stderr } = await run(['get', SHA1, ...cli.data]);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /swapmeet: another file is there \(name-conflict\)\n$/);
});

test(
  'Ctrl-C ends the watching and says that the download goes on',
  { skip: process.platform === 'win32' },
  async () => {
    control.states = [downloadView()];
    const child = spawn(process.execPath, [PROGRAM, 'get', SHA1, ...cli.data], { stdio: ['ignore', 'pipe', 'pipe'] });
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
  const path = join(cli.folder, 'hello.txt');
  await writeFile(path, 'hello');
  const sha1 = createHash('sha1').update('hello').digest('hex');
  const root = createHash('sha256').update('hello').digest('hex');
  const missing = join(cli.folder, 'missing');
  const { code, stdout, stderr } = await run(['hash', '--json', missing, path]);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), { path, size: 5, sha1, root });
  assert.match(stderr, /^\{"error":\{"code":"not-found"/);
  const person = await run(['hash', path]);
  assert.deepEqual(person.stdout, `${path}\n  size  5\n  sha1  ${sha1}\n  root  ${root}\n`);
});

test('failures have a sentence, a code and an exit status', async () => {
  control.fault = new SwapmeetError('bad-query', 'say\nwhat \u001b[0m');
  const failed = await run(['search', 'x', ...cli.data]);
  assert.deepEqual([failed.code, failed.stderr], [1, 'swapmeet: say\ufffdwhat \ufffd[0m (bad-query)\n']);
  const json = await run(['search', 'x', '--json', ...cli.data]);
  assert.deepEqual(JSON.parse(json.stderr), { error: { code: 'bad-query', message: 'say\nwhat \u001b[0m' } });
  assertFails(await run(['status', '--data', join(cli.folder, 'nobody')]), 1, 'not-running');
  assertFails(await run(['get', 'neither', ...cli.data]), 1, 'bad-argument');
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
  const listed = stdout.match(/^ {2}([a-z]+)(?= [[<]| {2,})/gm)?.map((name) => name.trim());
  assert.deepEqual(listed?.toSorted(), [...(await commandsOfFolder()), 'help'].sort());
  for (const command of (await createProgram([])).commands) {
    let page = '';
    command.configureOutput({ writeOut: (text) => void (page += text) }).outputHelp();
    assert.match(page, /Examples:\n {2}\$ /, command.name());
  }
  assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});

/** There is one file a command; the other files help them. */
async function commandsOfFolder(): Promise<string[]> {
  const commands: string[] = [];
  for (const file of await readdir(import.meta.dirname)) {
    const source = await readFile(join(import.meta.dirname, file), 'utf8');
    if (/^export function add\w+Command\(/m.test(source)) commands.push(basename(file, '.ts'));
  }
  return commands;
}

test('the data folder may come from the environment', async () => {
  const { code, stdout } = await run(['status'], { env: { SWAPMEET_DATA: cli.folder } });
  assert.equal(code, 0);
  assert.match(stdout, /bob/);
});

test('watch leaves a query and shows what appears, lists watches and takes them back', async () => {
  control.matches_ = [contentRow({ path: 'a/needle' }), contentRow({ path: 'b/needle', holders: [] })];
  const shown = await run(['watch', 'needle', 'ext:txt', ...cli.data]);
  assert.match(shown.stdout, /a\/needle {2}alice\n.*b\/needle\n$/);
  // The fake's stream ends, as that of a peer that stops does.
  assert.match(shown.stderr, /w1 stays with the server.*\n.*\(disconnected\)\n$/s);
  assert.deepEqual(control.shown, [1, 2]);
  const [left] = await runJson<{ id: string }>(['watch', '--get', 'thimble', ...cli.data]);
  assert.deepEqual(left, { id: 'w2', query: 'thimble', get: true, waiting: 0, more: false });
  assert.deepEqual(
    (await runJson<{ query: string }>(['watch', '--list', ...cli.data])).map(({ query }) => query),
    ['needle ext:txt', 'thimble'],
  );
  assert.equal((await run(['watch', '--remove', 'w1', ...cli.data])).code, 0);
  assert.deepEqual(await runJson(['watch', '--list', ...cli.data]), [left]);
  assertFails(await run(['watch', '--remove', 'w1', ...cli.data]), 1, 'not-found');
  assertFails(await run(['watch', ...cli.data]), 1, 'bad-argument');
  const { status_ } = control;
  control.status_ = { ...status_, link: { state: 'connecting' } };
  const offline = await run(['watch', 'needle', ...cli.data]);
  control.status_ = status_;
  assert.match(offline.stderr, /will be left with the server when connected/);
});
