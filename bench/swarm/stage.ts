import { execFile } from 'node:child_process';
import { copyFile, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeRandomFile } from '../measure.ts';
import { createNetwork, type Host, type HostOptions } from '../network/namespaces.ts';
import { startPeerAt, startServerAt, type PeerAt } from '../network/peers.ts';

/** What a figure is measured on: hosts, a file, and the peers that have it. */
export type Stage = {
  readonly file: { readonly path: string; readonly sha1: string; readonly sizeBytes: number };
  readonly host: (name: string) => Host;
  /** An empty folder. */
  readonly folder: (name: string) => Promise<string>;
  /** A peer with a folder of its own that holds the file. `spoil` may change it once its hash is known. */
  readonly addSource: (name: string, spoil?: (path: string) => Promise<void>) => Promise<PeerAt>;
  /** A new peer that has nothing. It is stopped when the work ends. */
  readonly withPeers: <T>(names: readonly string[], work: (peers: readonly PeerAt[]) => Promise<T>) => Promise<T>;
  readonly remove: () => Promise<void>;
};

const SERVER = 'server';
export const FILE_NAME = 'file.bin';

/** Sets up the hosts, and one more for the indexing server. */
export async function setStage(hosts: readonly HostOptions[], sizeBytes: number): Promise<Stage> {
  const path = makeRandomFile(sizeBytes);
  const workFolder = await mkdtemp(join(dirname(path), 'swarm-'));
  const network = await createNetwork([{ name: SERVER }, ...hosts]);
  const server = await startServerAt(network.host(SERVER), workFolder);
  const sources: PeerAt[] = [];
  let folders = 0;

  async function folder(name: string): Promise<string> {
    const made = join(workFolder, `${name}-${(folders += 1)}`);
    await mkdir(made, { recursive: true });
    return made;
  }

  return {
    file: { path, sizeBytes, sha1: await sha1Of(path) },
    host: network.host,
    folder,
    addSource: async (name, spoil) => {
      const [data, share] = [await folder(name), await folder('share')];
      const shared = join(share, FILE_NAME);
      await (spoil ? copyFile(path, shared) : link(path, shared));
      const peer = await startPeerAt(network.host(name), { link: server.ready, username: name, data, share });
      await spoil?.(shared);
      sources.push(peer);
      return peer;
    },
    withPeers: async (names, work) => {
      const peers = await Promise.all(
        names.map(async (name) => {
          const data = await folder(name);
          return startPeerAt(network.host(name), { link: server.ready, username: basename(data), data });
        }),
      );
      try {
        return await work(peers);
      } finally {
        await Promise.all(peers.map(({ running }) => running.stop()));
      }
    },
    remove: async () => {
      await Promise.all(sources.map(({ running }) => running.stop()));
      await server.stop();
      await network.remove();
      await rm(workFolder, { recursive: true });
    },
  };
}

async function sha1Of(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sha1sum', [path]);
  return stdout.slice(0, 40);
}

/** How long some work takes, in ms. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}
