import { link, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { peakBytes } from '../memory.ts';
import { startPair } from '../pair.ts';

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
  const { serving, downloading, download, stop } = await startPair(share, workFolder);
  return {
    pids: [serving.pid, downloading.pid],
    download: async (folder) => {
      await download(`files/${name}`, folder);
      return join(folder, name);
    },
    peakBytes: async () => ({ serving: await peakBytes(serving.pid), downloading: await peakBytes(downloading.pid) }),
    stop,
  };
}
