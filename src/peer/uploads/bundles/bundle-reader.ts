import { extname } from 'node:path';
import { createThreadPool } from '../../threads/thread-pool.ts';
import { HEADER_BYTES } from '../../../protocol/frame.ts';
import type { SharedFile } from '../shared-file.ts';
import type { BundleOperations } from './bundle-operations.ts';

/** Many small files in a row. */
export type ReadBundle = {
  /** Undefined for what can't be read any more, or changed. */
  readonly sizesBytes: readonly (number | undefined)[];
  /** With room for a header before them. */
  readonly bytes: Buffer;
  readonly lengthBytes: number;
};

/** Reads bundles on a thread, which runs while there are some. */
export type BundleReader = {
  /** @param files at most BUNDLE_BYTES_MAX together */
  read(files: readonly SharedFile[]): Promise<ReadBundle>;
  close(): Promise<void>;
};

const WORKER = new URL(`./bundle-worker${extname(import.meta.url)}`, import.meta.url);
const THREADS_MAX = 1;

export function createBundleReader(): BundleReader {
  const threads = createThreadPool<BundleOperations>(WORKER, THREADS_MAX);
  return {
    async read(files) {
      const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      const room = Buffer.allocUnsafeSlow(HEADER_BYTES + sizeBytes);
      const request = { files: files.map(stampOf), bytes: room, offset: HEADER_BYTES };
      const { bytes, sizesBytes } = await threads.call('read', request);
      const lengthBytes = sizesBytes.reduce<number>((sum, read = 0) => sum + read, 0);
      return { sizesBytes, bytes: Buffer.from(bytes.buffer), lengthBytes };
    },
    close: threads.close,
  };
}

function stampOf({ absolutePath: path, sizeBytes, mtimeNs, inode }: SharedFile) {
  return { path, sizeBytes, mtimeNs, inode };
}
