import { createAssembler, type Assembler } from './assembly/assembler.ts';
import type { BundleBuffers } from './folder/bundle-buffers.ts';
import { createSmallFileThreads } from './folder/small-file-threads.ts';
import type { SmallFileOperations } from './folder/small-file-operations.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';

/** The threads that verify and write what is downloaded. They run while there is something to do, and keep no process going. */
export type DownloadThreads = {
  readonly assembler: Assembler;
  /** Verifies and writes small files. */
  readonly smallFiles: ThreadPool<SmallFileOperations>;
  readonly bundleBuffers: BundleBuffers;
  /** Ends them. Call it when no download is at work. */
  readonly close: () => Promise<void>;
};

export function createDownloadThreads(): DownloadThreads {
  const assembler = createAssembler();
  const { smallFiles, bundleBuffers } = createSmallFileThreads();
  return {
    assembler,
    smallFiles,
    bundleBuffers,
    close: async () => {
      await assembler.close();
      await smallFiles.close();
    },
  };
}
