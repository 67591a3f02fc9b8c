import { link, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run, start, type Running } from '../../test/support/processes.ts';
import { peakBytes } from '../memory.ts';

/** A server and two peers as a person starts them, one of which downloads from the other. */
export type TransferPair = {
  /** `swapmeet get`: resolves with the path once the file is whole, verified and in the folder. */
  readonly download: (folder: string) => Promise<string>;
  /** The peer that serves and the one that downloads. */
  readonly pids: readonly number[];
  /** The most memory that each peer had at once since it was ready, in bytes. */
  readonly peakBytes: () => Promise<{ readonly serving: number; readonly downloading: number }>;
  readonly stop: () => Promise<void>;
};

/** @param workFolder on the disk of the file, for its share and all data folders */
export async function startTransferPair(path: string, workFolder: string): Promise<TransferPair> {
  const name = basename(path);
  const share = join(workFolder, 'share');
  await mkdir(share);
  await link(path, join(share, name));
  const dataOf = (peer: string): string[] => ['--data', join(workFolder, peer)];
  const server = await start(['server', ...dataOf('server'), '--listen', '127.0.0.1:0']);
  const startPeer = async (peer: string, ...options: string[]): Promise<Running> => {
    const first = ['--join', server.ready, '--name', peer, '--listen', '127.0.0.1:0', ...options];
    await (await start(['peer', ...dataOf(peer), ...first])).stop();
    // Started again, as on every day but the first: nothing is hashed, no key is made.
    return start(['peer', ...dataOf(peer)]);
  };
  const serving = await startPeer('serving', '--share', `files=${share}`);
  const downloading = await startPeer('downloading');
  return {
    pids: [serving.pid, downloading.pid],
    download: async (folder) => {
      const { code, stderr } = await run(['get', `serving:files/${name}`, '--out', folder, ...dataOf('downloading')]);
      if (code !== 0) throw new Error(`the download failed: ${stderr}`);
      return join(folder, name);
    },
    peakBytes: async () => ({ serving: await peakBytes(serving.pid), downloading: await peakBytes(downloading.pid) }),
    stop: async () => {
      await Promise.all([serving.stop(), downloading.stop()]);
      await server.stop();
    },
  };
}
