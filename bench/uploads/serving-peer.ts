import { link, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run, runJson, start } from '../../test/support/processes.ts';
import { IDENTITY_FILE } from '../../src/storage/data-folder.ts';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { peakBytes } from '../memory.ts';
import type { CrowdTask } from './crowd.ts';
import { queueDownloads } from './queue-downloads.ts';

/** Downloads that wait meanwhile. */
export const QUEUED = 1_000;

/** A peer that shares one file, has a long queue of its own, and all that somebody needs to download from it. */
export type ServingPeer = {
  readonly port: number;
  readonly of: CrowdTask['of'];
  readonly pid: number;
  readonly peakBytes: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** @param workFolder on the disk of the file */
export async function startServingPeer(path: string, sizeBytes: number, workFolder: string): Promise<ServingPeer> {
  const share = join(workFolder, 'share');
  await mkdir(share);
  await link(path, join(share, basename(path)));
  const [serverFolder, peerFolder] = [join(workFolder, 'server'), join(workFolder, 'peer')];
  const server = await start(['server', '--data', serverFolder, '--listen', '127.0.0.1:0']);
  const first = ['--join', server.ready, '--name', 'serving', '--listen', '127.0.0.1:0', '--share', `files=${share}`];
  await (await start(['peer', '--data', peerFolder, ...first])).stop();
  queueDownloads(peerFolder, QUEUED);
  // Started again, as on every day but the first: nothing is hashed.
  const peer = await start(['peer', '--data', peerFolder]);
  const [status] = await runJson<{ listen: string }>(['status', '--data', peerFolder]);
  const [entry] = await runJson<{ sha1: string }>(['browse', 'serving', '--data', peerFolder, 'files']);
  if (!status || !entry) throw new Error((await run(['browse', 'serving', '--data', peerFolder])).stderr);
  const { key } = await loadOrCreateIdentity(join(peerFolder, IDENTITY_FILE));
  const serverIdentityFile = join(serverFolder, IDENTITY_FILE);
  return {
    port: Number(status.listen.split(':').at(-1)),
    of: { kind: 'swapmeet', key, serverIdentityFile, sha1: entry.sha1, sizeBytes },
    pid: peer.pid,
    peakBytes: () => peakBytes(peer.pid),
    stop: async () => {
      await peer.stop();
      await server.stop();
    },
  };
}
