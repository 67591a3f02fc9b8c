import { setImmediate } from 'node:timers/promises';
import type { FilesWanted, FolderFiles, MissingFile } from '../store/folder-files.ts';
import { SMALL_BYTES_MAX } from './small-file-operations.ts';

/** So many files are looked at in one go: between two the main thread is there for others. */
const PAGE_MAX = 1_000;

/** The small or the large files of a folder from a number on. */
type Wanted = Pick<FilesWanted, 'which'> & { readonly id: string; readonly after?: number };

/**
 * The files of a folder that are missing, in their order, some at a time.
 *
 * @throws SwapmeetError `disk-error`; the signal's reason
 */
export async function* missingPages(
  store: Pick<FolderFiles, 'missingFiles'>,
  { id, which, after = 0 }: Wanted,
  signal: AbortSignal,
): AsyncGenerator<readonly MissingFile[], void, undefined> {
  let last = after;
  for (;;) {
    signal.throwIfAborted();
    const files = store.missingFiles(id, { which, smallBytesMax: SMALL_BYTES_MAX, after: last, limit: PAGE_MAX });
    if (files.length === 0) return;
    yield files;
    last = files.at(-1)?.number ?? last;
    await setImmediate();
  }
}
