import { join } from 'node:path';
import type { DownloadContext } from '../job.ts';
import type { StoredDownload } from '../store/download-store.ts';

/** So many files are flushed before it is noted: few, so that the queue is not held up, and a stop does not take long. */
const BATCH_MAX = 64;

/**
 * Gets the small files of a folder onto the disk, and notes which are there for good. They have their names already: a process
 * that is killed finds them, only after a power cut they are doubted, and hashed again. So nobody waits for this.
 */
export async function flushFiles(
  { store, threads }: DownloadContext,
  { id, path }: StoredDownload,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const files = store.unflushedFiles(id, BATCH_MAX);
    if (files.length === 0) return;
    const paths = files.map(({ place }) => join(path, ...place.split('/')));
    await threads.smallFiles.call('flush', { target: path, paths });
    // Those that could not be were moved by their owner: nothing is to be known of them any more.
    store.setFlushed(
      id,
      files.map(({ number }) => number),
    );
  }
}
