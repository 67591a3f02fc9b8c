import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import { localSegments } from '../../../domain/share-path.ts';
import { createDownload, type Download } from '../download.ts';
import { SIZE_BYTES_MAX } from '../content.ts';
import type { FolderFile } from '../store/folder-files.ts';
import { fileFailure } from './file-failure.ts';
import type { FolderJob, Pass } from './folder-job.ts';
import { largeFileOf } from './large-file.ts';
import { missingPages } from './missing-files.ts';

/** So many files of one folder are fetched at once, each from all its sources. */
const FILES_AT_ONCE = 2;

/** One that waits is left for the next pass after so long. */
const REST_MS = 250;

/** What is fetched now, for who looks at the folder. */
export type Underway = { add(download: Download): void; delete(download: Download): void };

/**
 * Fetches the files of a folder that are too large to come in bundles, each as a download of its own. Those that find no
 * source are left for the next pass.
 *
 * @throws SwapmeetError `disk-error`; the signal's reason
 */
export async function fetchLargeFiles(job: FolderJob, underway: Underway, signal: AbortSignal): Promise<Pass> {
  const files = wantedFiles(job, signal);
  let hasProgress = false;
  let obstacle: SwapmeetError | undefined;

  async function work(): Promise<void> {
    // All take from one generator: each file goes to one of them.
    for (;;) {
      const { value: file, done } = await files.next();
      if (done) return;
      const error = await fetchOne(job, file, underway, signal);
      signal.throwIfAborted();
      if (error) obstacle ??= error;
      else hasProgress = true;
    }
  }

  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  return { hasProgress, obstacle };
}

/** A name that is refused waits for no other file. */
async function* wantedFiles(
  { context, stored }: FolderJob,
  signal: AbortSignal,
): AsyncGenerator<FolderFile, void, undefined> {
  for await (const page of missingPages(context.store, { id: stored.id, which: 'large' }, signal)) {
    yield* page.filter((file) => !file.isAwaiting || !hasPlace(file));
  }
}

/** Returns why the file is still missing, if it is. */
async function fetchOne(
  job: FolderJob,
  file: FolderFile,
  underway: Underway,
  signal: AbortSignal,
): Promise<SwapmeetError | undefined> {
  const segments = await placeOf(job, file);
  if (!segments) return undefined;
  const { stored, context } = largeFileOf(job, file, segments);
  const stop = new AbortController();
  // Shorter than it waits by itself, so that it is found waiting.
  const restMs = Math.min(REST_MS, job.context.timing.retry.firstMs / 2);
  let restTimer: NodeJS.Timeout | undefined;
  const download = createDownload(stored, context, () => {
    const { state, error } = download.status();
    if (state !== 'waiting' || !error) {
      clearTimeout(restTimer);
      restTimer = undefined;
    } else {
      restTimer ??= setTimeout(() => {
        stop.abort(error);
      }, restMs);
    }
    tellOf(job, download);
  });
  underway.add(download);
  try {
    await download.run(AbortSignal.any([signal, stop.signal]));
  } finally {
    clearTimeout(restTimer);
    underway.delete(download);
  }
  const { state, error } = download.status();
  return state === 'done' || state === 'failed' ? undefined : (error ?? interrupted());
}

function tellOf(job: FolderJob, download: Download): void {
  const { state, source } = download.status();
  if (state === 'checking' || state === 'copying' || state === 'downloading') job.tell({ state, source });
}

/**
 * Makes the folder that a file goes to. Undefined for a file that can't be had here, which is noted as failed.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`
 */
async function placeOf(job: FolderJob, file: FolderFile): Promise<readonly string[] | undefined> {
  try {
    const segments = segmentsOf(file);
    await job.context.threads.smallFiles.call('makeFolder', { target: job.target, segments: segments.slice(0, -1) });
    return segments;
  } catch (error) {
    job.note([{ ...file, error: fileFailure(toSwapmeetError(error)) }]);
    return undefined;
  }
}

function hasPlace(file: FolderFile): boolean {
  try {
    segmentsOf(file);
    return true;
  } catch {
    return false;
  }
}

/** @throws SwapmeetError `bad-path` */
function segmentsOf({ path, sizeBytes }: FolderFile): readonly string[] {
  if (sizeBytes <= SIZE_BYTES_MAX) return localSegments(path, process.platform);
  throw new SwapmeetError('bad-path', `a file of ${sizeBytes} bytes is larger than disks take`);
}

function interrupted(): SwapmeetError {
  return new SwapmeetError('no-source', 'it was interrupted; it goes on by itself');
}
