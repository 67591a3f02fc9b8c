import type { DownloadState, DownloadView } from '../../control.ts';
import type { FolderTally } from '../folder/notes.ts';
import type { Outcome, StoredDownload } from '../store/download-store.ts';

/** A download that is not at work now, as it is kept. */
export function viewOfStored(
  { id, name, sha1, root, sizeBytes, verifiedBytes, path, outcome }: StoredDownload,
  liars: readonly { readonly username: string }[],
): DownloadView {
  const error = 'error' in outcome ? outcome.error : undefined;
  return {
    id,
    name,
    sha1,
    root,
    sizeBytes,
    verifiedBytes: outcome.kind === 'done' ? sizeBytes : verifiedBytes,
    bytesPerSecond: 0,
    state: stateOf(outcome),
    path,
    source: undefined,
    liars: liars.map(({ username }) => username),
    error: error && { code: error.code, message: error.message },
  };
}

function stateOf({ kind }: Outcome): DownloadState {
  return kind === 'open' ? 'waiting' : kind;
}

/** The last that is heard of a download that a person took off the list. */
export function viewOfCancelled(last: DownloadView): DownloadView {
  const error = {
    code: 'cancelled',
    message: `${last.name} was taken off the list: get it again to begin anew`,
  } as const;
  return { ...last, state: 'failed', bytesPerSecond: 0, source: undefined, error };
}

/** A folder, with how much of it is there now. */
export function viewOfFolder(
  stored: StoredDownload,
  tally: FolderTally,
  liars: readonly { readonly username: string }[],
): DownloadView {
  const { filesDone: done, filesFailed: failed, files: total, sizeBytes, verifiedBytes } = tally;
  const { sha1: _, root: __, ...view } = viewOfStored({ ...stored, sizeBytes, verifiedBytes }, liars);
  return { ...view, verifiedBytes, files: { total, done, failed } };
}
