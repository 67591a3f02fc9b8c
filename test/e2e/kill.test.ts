import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { followJson, run, runJson, type Running } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom, type Network } from './network.ts';

type PeerLine = { username: string; id: string; presence: string };
type Progress = { state: string; verifiedBytes: number; sizeBytes: number };

/** A moment that differs from run to run; printed, so that a failure can be looked at again. */
function randomMoment(what: string, mostMs: number): number {
  const moment = Number(process.env['KILL_AT_MS'] ?? randomInt(mostMs));
  console.log(`# ${what} is killed after ${moment} ms (KILL_AT_MS=${moment} repeats it)`);
  return moment;
}

const SIZE_BYTES = 192 * 1024 * 1024;

async function twoPeers(network: Network): Promise<{ sha1: string; source: Running }> {
  const bytes = await writeRandom(network.path('ada', 'files', 'big.bin'), SIZE_BYTES);
  const [source] = await Promise.all([network.peer('ada'), network.peer('bob')]);
  return { source, sha1: createHash('sha1').update(bytes).digest('hex') };
}

async function assertWhole(network: Network, sha1: string): Promise<void> {
  const folder = network.path('bob', 'downloads');
  assert.deepEqual(await readdir(folder), ['big.bin'], 'nothing but the whole file is left');
  const copy = await readFile(network.path('bob', 'downloads', 'big.bin'));
  assert.equal(createHash('sha1').update(copy).digest('hex'), sha1);
}

describe('kill -9', () => {
  it('of the server: all that was acknowledged is there, and peers come back by themselves', async (t) => {
    const network = await createNetwork(t);
    await writeRandom(network.path('ada', 'files', 'a.bin'), 5000);
    await network.peer('ada');
    await network.peer('bob');
    const bob = network.data('bob');
    const idsOf = async (): Promise<string[]> => (await runJson<PeerLine>(['peers', ...bob])).map(({ id }) => id);
    const api = await network.api('bob');
    const filesOf = async () => (await api.call('browse', { peer: 'ada' })).rows;
    const onlineNow = async () => (await api.call('peers', { presence: 'online' })).rows;
    const [ids, files] = [await idsOf(), await filesOf()];
    assert.equal(files.length, 1);

    for (let round = 0; round < 3; round += 1) {
      // A list is under way when it dies: afterwards either the old or the new one is there, soon the new one.
      await writeRandom(network.path('ada', 'files', `new-${round}.bin`), 5000);
      await sleep(randomMoment('the server', 1500));
      await network.server().kill();
      await network.restartServer();
      const peers = await eventually(
        () => onlineNow().catch(() => []),
        (online) => online.length === 2,
      );
      assert.deepEqual(
        peers.map(({ id }) => id),
        ids,
        'the same registrations',
      );
      const now = await eventually(filesOf, (listed) => listed.length === 2 + round);
      assert.ok(files.every((file) => now.some(({ sha1 }) => sha1 === file.sha1)));
    }
  });

  it('of the source: the download waits, and goes on when it is back', async (t) => {
    const network = await createNetwork(t);
    const { sha1, source } = await twoPeers(network);
    await assert.rejects(network.again('ada'), /already-running/, 'a data folder is used by one process at a time');
    const download = followJson<Progress>(['get', sha1, ...network.data('bob')]);
    t.after(download.stop);
    // Not before it has begun: what nobody offers can't be asked for.
    for await (const { state } of download.rows) if (state === 'downloading') break;
    await sleep(randomMoment('the source', 400));
    await source.kill();
    await sleep(500);
    await network.again('ada');
    assert.equal(await download.code, 0);
    await assertWhole(network, sha1);
  });

  it('of the downloader: it goes on by itself and fetches nothing twice', async (t) => {
    const network = await createNetwork(t);
    const bytes = await writeRandom(network.path('ada', 'files', 'big.bin'), SIZE_BYTES);
    const sha1 = createHash('sha1').update(bytes).digest('hex');
    await network.peer('ada');
    const bob = await network.peer('bob');
    const download = followJson<Progress>(['get', sha1, ...network.data('bob')]);
    t.after(download.stop);
    let last = 0;
    for await (const { verifiedBytes, sizeBytes } of download.rows) {
      last = verifiedBytes;
      if (verifiedBytes > sizeBytes / 4) break;
    }
    await bob.kill();
    assert.notEqual(await download.code, 0, 'a get whose peer is gone does not succeed');
    await network.again('bob');
    const again = followJson<Progress>(['get', sha1, ...network.data('bob')]);
    let first: number | undefined;
    for await (const { state, verifiedBytes } of again.rows) {
      if (state !== 'checking' && state !== 'waiting') first ??= verifiedBytes;
    }
    assert.equal(await again.code, 0);
    assert.ok((first ?? 0) >= last, `${first ?? 0} of ${last} verified bytes were kept`);
    await assertWhole(network, sha1);
    const { code } = await run(['get', sha1, ...network.data('bob')]);
    assert.equal(code, 0, 'what is there already is there');
    await assertWhole(network, sha1);
  });
});
