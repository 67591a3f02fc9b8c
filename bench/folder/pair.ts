import { join } from 'node:path';
import { run, start, type Running } from '../../test/support/processes.ts';

/** A server and two peers as a person starts them, one of which shares a folder. */
export type FolderPair = {
  /** `swapmeet get serving:PATH/`: resolves once all is there and verified. */
  readonly download: (path: string, folder: string) => Promise<void>;
  /** The peer that serves and the one that downloads. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
};

/** @param workFolder for all data folders */
export async function startFolderPair(share: string, workFolder: string): Promise<FolderPair> {
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
    download: async (path, folder) => {
      const { code, stderr } = await run(['get', `serving:${path}/`, '--out', folder, ...dataOf('downloading')]);
      if (code !== 0) throw new Error(`the download failed: ${stderr}`);
      // So that the next one begins anew.
      await run(['downloads', 'clear', ...dataOf('downloading')]);
    },
    stop: async () => {
      await Promise.all([serving.stop(), downloading.stop()]);
      await server.stop();
    },
  };
}
