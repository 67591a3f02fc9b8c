import { SwapmeetError } from '../../../domain/errors.ts';
import type { FileOutcome, MissingFile } from '../store/folder-files.ts';
import { fileFailure } from './file-failure.ts';
import type { FolderJob } from './folder-job.ts';
import type { FileResult, SmallFile } from './small-file-operations.ts';

/** A small file that is missing, and where it goes. */
export type WantedFile = MissingFile & SmallFile;

/** What the threads are told of it. */
export function smallFileOf({ segments, sizeBytes, sha1, root }: SmallFile): SmallFile {
  return { segments, sizeBytes, sha1, root };
}

/**
 * Notes what is settled, and returns the files that are not: those that are missing, or whose bytes were wrong.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`
 */
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
