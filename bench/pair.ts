import { join } from 'node:path';
import { run, start, type Running } from '../test/support/processes.ts';

/** A server and two peers as a person starts them, one of which shares a folder as `files`. */
export type Pair = {
  readonly serving: Running;
  readonly downloading: Running;
  /** `swapmeet get serving:PATH`: resolves once all is in the folder and verified. */
  readonly download: (path: string, folder: string) => Promise<void>;
  /** Forgets what was downloaded. */
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** @param workFolder for all data folders */
export async function startPair(share: string, workFolder: string): Promise<Pair> {
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
    serving,
    downloading,
    download: async (path, folder) => {
      const { code, stderr } = await run(['get', `serving:${path}`, '--out', folder, ...dataOf('downloading')]);
      if (code !== 0) throw new Error(`the download failed: ${stderr}`);
    },
    clear: async () => {
      await run(['downloads', 'clear', ...dataOf('downloading')]);
    },
    stop: async () => {
      await Promise.all([serving.stop(), downloading.stop()]);
      await server.stop();
    },
  };
}
