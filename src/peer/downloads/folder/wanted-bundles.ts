import { BUNDLE_BYTES_MAX, BUNDLE_CONTENTS_MAX } from '../../../protocol/limits.ts';
import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import { localSegments } from '../../../domain/share-path.ts';
import type { FileOutcome, FolderFile } from '../store/folder-files.ts';
import { fileFailure } from './file-failure.ts';
import type { FolderJob } from './folder-job.ts';
import { SMALL_BYTES_MAX, type FileResult, type SmallFile } from './small-file-operations.ts';

/** A file that is missing, and where it goes. */
export type WantedFile = FolderFile & SmallFile;

/** So many files are looked at together. */
const LOOK_MAX = 1_000;

/**
 * The small files of a folder that are neither there nor elsewhere on this machine, in bundles of what one request may ask
 * for. Each file comes once. While one bundle is fetched the next are looked for.
 */
export async function* wantedBundles(
  job: FolderJob,
  signal: AbortSignal,
): AsyncGenerator<readonly WantedFile[], void, undefined> {
  const { context, stored } = job;
  let next = look(0);
  // It is awaited later, if at all.
  next.catch(() => undefined);
  try {
    for (;;) {
      const { files, last } = await next;
      if (last === undefined) return;
      next = look(last);
      next.catch(() => undefined);
      yield* bundlesOf(files);
    }
  } finally {
    await next.catch(() => undefined);
  }

  async function look(after: number) {
    signal.throwIfAborted();
    const wanted = { which: 'small', smallBytesMax: SMALL_BYTES_MAX, after, limit: LOOK_MAX } as const;
    const rows = context.store.missingFiles(stored.id, wanted);
    const files = withSegments(job, rows);
    return { files: await copyLocal(job, await leaveOutPresent(job, files)), last: rows.at(-1)?.number };
  }
}

/** Those with a name that this platform takes; the others have failed. */
function withSegments(job: FolderJob, rows: readonly FolderFile[]): readonly WantedFile[] {
  const failed: FileOutcome[] = [];
  const files = rows.flatMap((row) => {
    try {
      return [{ ...row, segments: localSegments(row.path, process.platform) }];
    } catch (error) {
      failed.push({ ...row, error: toSwapmeetError(error) });
      return [];
    }
  });
  job.note(failed);
  return files;
}

async function leaveOutPresent(job: FolderJob, files: readonly WantedFile[]): Promise<readonly WantedFile[]> {
  if (files.length === 0) return files;
  const { results } = await job.context.smallFiles.call('survey', {
    target: job.target,
    files: files.map(smallFileOf),
  });
  return noteResults(job, files, results);
}

/** Copies what this machine has, in its shares or of downloads, and returns the others. */
async function copyLocal(job: FolderJob, files: readonly WantedFile[]): Promise<readonly WantedFile[]> {
  const { shared, store, smallFiles } = job.context;
  const earlier = store.placesOf(files);
  const from = shared(files).map((file, at) => [...(file ? [file.absolutePath] : []), ...(earlier[at] ?? [])]);
  const here = files.filter((_, at) => from[at]?.length);
  if (here.length === 0) return files;
  const { results } = await smallFiles.call('copy', {
    target: job.target,
    files: here.map(smallFileOf),
    from: from.filter(({ length }) => length > 0),
  });
  const left = new Set(noteResults(job, here, results));
  return files.filter((file, at) => !from[at]?.length || left.has(file));
}

/** Notes what is settled, and returns the files that are not: those that are missing, or whose bytes were wrong. */
export function noteResults(
  job: FolderJob,
  files: readonly WantedFile[],
  results: readonly FileResult[],
): readonly WantedFile[] {
  const outcomes: FileOutcome[] = [];
  const left = files.filter((file, at) => {
    const result = results[at];
    if (result?.kind !== 'there' && result?.kind !== 'failed') return true;
    outcomes.push(outcomeOf(file, result));
    return false;
  });
  job.note(outcomes);
  return left;
}

function outcomeOf(
  { number, sizeBytes, segments }: WantedFile,
  result: Extract<FileResult, { kind: 'there' | 'failed' }>,
): FileOutcome {
  if (result.kind === 'failed') {
    return { number, sizeBytes, error: fileFailure(new SwapmeetError(result.code, result.sentence)) };
  }
  const placed = result.name === segments.at(-1) ? undefined : [...segments.slice(0, -1), result.name].join('/');
  return { number, sizeBytes, placed };
}

export function smallFileOf({ segments, sizeBytes, sha1, root }: SmallFile): SmallFile {
  return { segments, sizeBytes, sha1, root };
}

function* bundlesOf(files: readonly WantedFile[]): Generator<readonly WantedFile[], void, undefined> {
  let bundle: WantedFile[] = [];
  let sizeBytes = 0;
  for (const file of files) {
    if (bundle.length === BUNDLE_CONTENTS_MAX || sizeBytes + file.sizeBytes > BUNDLE_BYTES_MAX) {
      yield bundle;
      [bundle, sizeBytes] = [[], 0];
    }
    bundle.push(file);
    sizeBytes += file.sizeBytes;
  }
  if (bundle.length > 0) yield bundle;
}
