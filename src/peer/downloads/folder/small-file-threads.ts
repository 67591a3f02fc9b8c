import { extname } from 'node:path';
import { createThreadPool, type ThreadPool } from '../../threads/thread-pool.ts';
import { createBundleBuffers, type BundleBuffers } from './bundle-buffers.ts';
import type { SmallFileOperations } from './small-file-operations.ts';

/** One writes while the other waits for the disk; more take the processor from the network. */
const THREADS_MAX = 2;

const WORKER = new URL(`./small-file-worker${extname(import.meta.url)}`, import.meta.url);

/** The threads that verify and write small files, and the memory that goes there and back. */
export function createSmallFileThreads(): {
  readonly smallFiles: ThreadPool<SmallFileOperations>;
  readonly bundleBuffers: BundleBuffers;
} {
  const bundleBuffers = createBundleBuffers();
  return {
    bundleBuffers,
    smallFiles: createThreadPool<SmallFileOperations>(WORKER, THREADS_MAX, bundleBuffers.release),
  };
}
