import assert from 'node:assert/strict';
import { chmod, open, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../../src/api/client.ts';
import { followJson, run, runJson } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom, type Network } from './network.ts';

const SIZE_BYTES = 1_000_000;
const PIECE_BYTES = 65_536;
const MTIME = new Date('2020-01-02T03:04:05Z');

type Report = {
  readonly kind: string;
  readonly path?: string;
  readonly badPieces?: unknown;
  readonly fetchedBytes?: number;
};
type Status = { readonly damagedFiles: number; readonly published: boolean };

/** Another byte in the middle, under the stamp that the file had. */
async function rot(file: string): Promise<void> {
  const { mtime } = await stat(file);
  const handle = await open(file, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, SIZE_BYTES / 2);
  await handle.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, SIZE_BYTES / 2);
  await handle.utimes(mtime, mtime);
  await handle.close();
}

/** How much a peer sends of one file from now on: it is shown for seconds only. */
async function countSent({ path }: Network, peer: string, signal: AbortSignal) {
  const client = await createApiClient({ dataFolder: path(peer, 'data') });
  const stopped = new AbortController();
  let sentBytes = 0;
  async function look(): Promise<void> {
    for (const row of (await client.call('uploads', {})).rows) sentBytes = Math.max(sentBytes, row.sentBytes);
  }
  async function watch(): Promise<void> {
    while (!stopped.signal.aborted && !signal.aborted) {
      await look();
      await sleep(200);
    }
  }
  const watching = watch();
  return {
    stop: async (): Promise<number> => {
      stopped.abort();
      await watching;
      await look();
      return sentBytes;
    },
  };
}

/** Ada and bob share the same file; ada's loses a byte. */
async function createFixture(t: TestContext) {
  const network = await createNetwork(t);
  const content = await writeRandom(network.path('ada', 'files', 'a.bin'), SIZE_BYTES);
  const adas = network.path('ada', 'files', 'a.bin');
  const bobs = network.path('bob', 'files', 'a.bin');
  await writeRandom(bobs, 0);
  await writeFile(bobs, content);
  await utimes(adas, MTIME, MTIME);
  if (process.platform !== 'win32') await chmod(adas, 0o640);
  const peers = { ada: await network.peer('ada'), bob: await network.peer('bob') };
  const verify = async (...args: string[]): Promise<Report[]> => {
    const { stdout } = await run(['verify', ...args, '--json', ...network.data('ada')]);
    const rows = stdout.trim().split('\n');
    return rows.map((row) => JSON.parse(row) as Report).filter(({ kind }) => kind !== 'progress');
  };
  const status = async (): Promise<Status | undefined> =>
    (await runJson<Status>(['status', ...network.data('ada')]))[0];
  const pathsOf = async (peer: string): Promise<string[]> =>
    (await runJson<{ path: string }>(['browse', peer, '--recursive', ...network.data('bob')])).map(({ path }) => path);
  return { network, content, adas, peers, verify, status, pathsOf };
}

describe('a damaged file', () => {
  it('is found and not shared, and gets from others the piece that is wrong, and nothing else', async (t) => {
    const { network, content, adas, peers, verify, status, pathsOf } = await createFixture(t);
    await rot(adas);
    const before = await readFile(adas);
    const found = await verify();
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['damaged', 'end'],
    );
    const piece = Math.floor(SIZE_BYTES / 2 / PIECE_BYTES);
    assert.deepEqual(found[0]?.badPieces, [{ first: piece, last: piece }]);
    await eventually(
      () => pathsOf('ada'),
      (paths) => paths.length === 0,
    );

    const known = await run(['verify', '--known', 'files/a.bin', '--json', ...network.data('ada')]);
    assert.equal(known.code, 1);
    assert.equal((JSON.parse(known.stdout) as Report).path, 'files/a.bin');
    const mistyped = await run(['verify', '--known', 'files/b.bin', ...network.data('ada')]);
    assert.equal(mistyped.code, 1);
    assert.match(mistyped.stderr, /\(not-found\)/);

    // Nobody has it: it stays as it is, also over a restart.
    await peers.bob.stop();
    assert.deepEqual(
      (await verify('--repair')).map(({ kind }) => kind),
      ['damaged', 'not-repaired', 'end'],
    );
    await peers.ada.stop();
    await network.again('ada');
    assert.equal((await status())?.damagedFiles, 1);
    assert.ok((await readFile(adas)).equals(before));

    await network.again('bob');
    const sent = await countSent(network, 'bob', t.signal);
    const repaired = await verify('--known', '--repair');
    assert.deepEqual(
      repaired.map(({ kind, fetchedBytes }) => [kind, fetchedBytes]),
      [
        ['repaired', PIECE_BYTES],
        ['end', undefined],
      ],
    );
    assert.equal(await sent.stop(), PIECE_BYTES);
    assert.ok((await readFile(adas)).equals(content));
    const { mtime, mode } = await stat(adas);
    assert.deepEqual(mtime, MTIME);
    if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o640);
    assert.deepEqual(await readdir(network.path('ada', 'files')), ['a.bin']);
    await eventually(
      () => pathsOf('ada'),
      (paths) => paths.join() === 'files/a.bin',
    );
    assert.equal((await status())?.damagedFiles, 0);
  });

  it('is as it was when its repair is killed, and nothing is left of that', async (t) => {
    const { network, content, adas, peers, verify } = await createFixture(t);
    await rot(adas);
    const before = await readFile(adas);
    await verify();
    // The one piece takes seconds, whatever the machine.
    await run(['limits', '--up', '10kB/s', ...network.data('bob')]);
    const repair = followJson<Report>(['verify', '--known', '--repair', ...network.data('ada')]);
    t.after(repair.stop);
    const names = (): Promise<string[]> => readdir(network.path('ada', 'files'));
    await eventually(names, (all) => all.some((name) => name.endsWith('.part')));
    await eventually(
      () => runJson<{ sentBytes: number }>(['uploads', ...network.data('bob')]),
      (uploads) => uploads.length > 0,
    );
    await peers.ada.kill();
    const after = await readFile(adas);
    assert.ok(after.equals(before) || after.equals(content));
    await network.again('ada');
    assert.deepEqual(await names(), ['a.bin']);
    await run(['limits', '--up', 'none', ...network.data('bob')]);
    assert.equal((await verify('--known', '--repair'))[0]?.kind, 'repaired');
    assert.ok((await readFile(adas)).equals(content));
  });
});
