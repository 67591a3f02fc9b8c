import { extname } from 'node:path';
import { createThreadPool } from '../../threads/thread-pool.ts';
import { HEADER_BYTES } from '../../../protocol/frame.ts';
import { BUNDLE_BYTES_MAX } from '../../../protocol/limits.ts';
import type { SharedFile } from '../shared-file.ts';
import type { BundleOperations } from './bundle-operations.ts';

/** Many small files in a row. */
export type ReadBundle = {
  /** Undefined for what can't be read any more, or changed. */
  readonly sizesBytes: readonly (number | undefined)[];
  /** With room for a header before them. */
  readonly bytes: Buffer;
  readonly lengthBytes: number;
  /** Gives the memory to the next one. */
  readonly release: () => void;
};

/** Reads bundles on a thread, which runs while there are some. */
export type BundleReader = {
  /** @param files at most BUNDLE_BYTES_MAX together */
  read(files: readonly SharedFile[]): Promise<ReadBundle>;
  close(): Promise<void>;
};

const WORKER = new URL(`./bundle-worker${extname(import.meta.url)}`, import.meta.url);
const THREADS_MAX = 1;

/** So many bundles leave their memory to the next: what is made and dropped for each costs a garbage collection every few. */
const SPARE_MAX = 2;

export function createBundleReader(): BundleReader {
  const threads = createThreadPool<BundleOperations>(WORKER, THREADS_MAX);
  const spare: ArrayBuffer[] = [];

  function release(memory: ArrayBuffer): void {
    if (spare.length < SPARE_MAX) spare.push(memory);
  }

  return {
    async read(files) {
      const room = new Uint8Array(spare.pop() ?? new ArrayBuffer(HEADER_BYTES + BUNDLE_BYTES_MAX));
      const request = { files: files.map(stampOf), bytes: room, offset: HEADER_BYTES };
      const { bytes, sizesBytes } = await threads.call('read', request);
      const lengthBytes = sizesBytes.reduce<number>((sum, read = 0) => sum + read, 0);
      const { buffer } = bytes;
      return {
        sizesBytes,
        bytes: Buffer.from(buffer),
        lengthBytes,
        release: () => {
          release(buffer);
        },
      };
    },
    close: threads.close,
  };
}

function stampOf({ absolutePath: path, sizeBytes, mtimeNs, inode }: SharedFile) {
  return { path, sizeBytes, mtimeNs, inode };
}
