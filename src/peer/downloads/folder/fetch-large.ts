import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import { localSegments } from '../../../domain/share-path.ts';
import { createDownload, type Download } from '../download.ts';
import { SIZE_BYTES_MAX } from '../content.ts';
import type { FolderFile } from '../store/folder-files.ts';
import { fileFailure } from './file-failure.ts';
import type { FolderJob, Pass } from './folder-job.ts';
import { largeFileOf } from './large-file.ts';
import { SMALL_BYTES_MAX } from './small-file-operations.ts';

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
  let after = 0;
  let hasProgress = false;
  let obstacle: SwapmeetError | undefined;

  function nextFile(): FolderFile | undefined {
    const wanted = { which: 'large', smallBytesMax: SMALL_BYTES_MAX, after, limit: 1 } as const;
    const [file] = job.context.store.missingFiles(job.stored.id, wanted);
    if (file) after = file.number;
    return file;
  }

  async function work(): Promise<void> {
    for (let file = nextFile(); file; file = nextFile()) {
      const error = await fetchOne(job, file, underway, signal);
      signal.throwIfAborted();
      if (error) obstacle ??= error;
      else hasProgress = true;
    }
  }

  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  return { hasProgress, obstacle };
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
    await job.context.smallFiles.call('makeFolder', { target: job.target, segments: segments.slice(0, -1) });
    return segments;
  } catch (error) {
    job.note([{ ...file, error: fileFailure(toSwapmeetError(error)) }]);
    return undefined;
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
