import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { followJson, runJson } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom, type Network } from './network.ts';

const SIZE_BYTES = 128 * 1024 * 1024;

type Progress = { readonly state: string; readonly verifiedBytes: number };
type PeerLine = { readonly username: string };

/** Starts a download, and waits until so much of it is verified or it is over. */
async function begin(t: TestContext, network: Network, name: string, sha1: string, share: number) {
  const download = followJson<Progress>(['get', sha1, ...network.data(name)]);
  t.after(download.stop);
  for await (const { verifiedBytes } of download.rows) if (verifiedBytes >= SIZE_BYTES * share) break;
  return download;
}

async function assertWhole(network: Network, name: string, sha1: string): Promise<void> {
  const folder = network.path(name, 'downloads');
  assert.deepEqual(await readdir(folder), ['big.bin'], 'nothing but the whole file is left');
  const bytes = await readFile(network.path(name, 'downloads', 'big.bin'));
  assert.equal(createHash('sha1').update(bytes).digest('hex'), sha1);
}

describe('a download from several peers, of which one downloads it, too', () => {
  it('survives kill -9 of a source and of the one who downloads', async (t) => {
    const network = await createNetwork(t);
    const bytes = await writeRandom(network.path('ada', 'files', 'big.bin'), SIZE_BYTES);
    const sha1 = createHash('sha1').update(bytes).digest('hex');
    await mkdir(network.path('bob', 'files'), { recursive: true });
    await copyFile(network.path('ada', 'files', 'big.bin'), network.path('bob', 'files', 'big.bin'));
    const [ada, , carl] = await Promise.all(['ada', 'bob', 'carl', 'dora'].map(network.peer));
    assert.ok(ada && carl);
    await eventually(
      () => runJson<PeerLine>(['peers', '--online', ...network.data('carl')]),
      (peers) => peers.length === 4,
    );

    const dora = begin(t, network, 'dora', sha1, 0.1);
    await begin(t, network, 'carl', sha1, 0.2);
    await ada.kill();
    await carl.kill();
    await network.again('carl');
    const again = followJson<Progress>(['get', sha1, ...network.data('carl')]);
    t.after(again.stop);
    for await (const _ of again.rows);
    assert.equal(await again.code, 0);
    const { rows, code } = await dora;
    for await (const _ of rows);
    assert.equal(await code, 0);
    await assertWhole(network, 'carl', sha1);
    await assertWhole(network, 'dora', sha1);
  });
});
