import { toSwapmeetError } from '../../../domain/errors.ts';
import { localSegments } from '../../../domain/share-path.ts';
import type { FileOutcome, MissingFile } from '../store/folder-files.ts';
import type { FolderJob } from './folder-job.ts';
import { missingPages } from './missing-files.ts';
import { noteResults, smallFileOf, type WantedFile } from './wanted-file.ts';

/**
 * Settles the small files that need nobody else: those that lie there already, those that this machine has elsewhere, and
 * those with a name that it refuses. Each may be what others wait for, so it goes on until nothing more is settled.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`; the signal's reason
 */
export async function settleLocal(job: FolderJob, signal: AbortSignal): Promise<void> {
  const small = { id: job.stored.id, which: 'small' } as const;
  let before: number;
  do {
    before = settledFiles(job);
    for await (const page of missingPages(job.context.store, small, signal)) await settlePage(job, page);
  } while (settledFiles(job) > before);
}

/** How many files of the folder are there, or never will be. @throws SwapmeetError `disk-error`, `disk-full` */
export function settledFiles({ context, stored, saveNotes }: FolderJob): number {
  saveNotes();
  const { filesDone = 0, filesFailed = 0 } = context.store.folder(stored.id) ?? {};
  return filesDone + filesFailed;
}

/**
 * Settles what it can of some files, and returns those that are to be fetched.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`
 */
export async function settlePage(job: FolderJob, page: readonly MissingFile[]): Promise<readonly WantedFile[]> {
  const left = await leaveOutPresent(job, withSegments(job, page));
  return copyLocal(
    job,
    left.filter(({ isAwaiting }) => !isAwaiting),
  );
}

/** Those with a name that this platform takes; the others have failed. */
function withSegments(job: FolderJob, page: readonly MissingFile[]): readonly WantedFile[] {
  const failed: FileOutcome[] = [];
  const files = page.flatMap((file) => {
    try {
      return [{ ...file, segments: localSegments(file.path, process.platform) }];
    } catch (error) {
      failed.push({ ...file, error: toSwapmeetError(error) });
      return [];
    }
  });
  job.note(failed);
  return files;
}

async function leaveOutPresent(job: FolderJob, files: readonly WantedFile[]): Promise<readonly WantedFile[]> {
  if (files.length === 0) return files;
  const { results } = await job.context.threads.smallFiles.call('survey', {
    target: job.target,
    files: files.map(smallFileOf),
  });
  return noteResults(job, files, results);
}

/** Copies what this machine has, in its shares or of downloads, and returns the others. */
async function copyLocal(job: FolderJob, files: readonly WantedFile[]): Promise<readonly WantedFile[]> {
  const { shared, store, threads } = job.context;
  const earlier = store.placesOf(files);
  const from = shared(files).map((file, at) => [...(file ? [file.absolutePath] : []), ...(earlier[at] ?? [])]);
  const here = files.filter((_, at) => from[at]?.length);
  if (here.length === 0) return files;
  const { results } = await threads.smallFiles.call('copy', {
    target: job.target,
    files: here.map(smallFileOf),
    from: from.filter(({ length }) => length > 0),
  });
  const left = new Set(noteResults(job, here, results));
  return files.filter((file, at) => !from[at]?.length || left.has(file));
}
