import { basename, dirname, join, relative, sep } from 'node:path';
import type { DownloadContext } from '../job.ts';
import type { DownloadStore, Outcome, StoredDownload } from '../store/download-store.ts';
import type { FolderFile } from '../store/folder-files.ts';
import type { FolderJob } from './folder-job.ts';

/** A file of a folder as a download of its own, whose rows are those of the folder. */
export type LargeFile = { readonly stored: StoredDownload; readonly context: DownloadContext };

export function largeFileOf(job: FolderJob, file: FolderFile, segments: readonly string[]): LargeFile {
  const path = join(job.stored.path, ...segments);
  const { number, sha1, root, sizeBytes, partPath } = file;
  const stored: StoredDownload = {
    id: `${job.stored.id}/${number}`,
    isFolder: false,
    name: basename(path),
    sha1,
    root,
    sizeBytes,
    // How much of it is there its hashes tell.
    verifiedBytes: 0,
    folder: dirname(path),
    path,
    partPath,
    outcome: { kind: 'open' },
  };
  return { stored, context: { ...job.context, store: storeOf(job, file, path) } };
}

/** The store as a download sees it, with the one row that is kept elsewhere. */
function storeOf(job: FolderJob, { number, sizeBytes, path: wirePath }: FolderFile, wantedPath: string): DownloadStore {
  const { store } = job.context;
  const folderId = job.stored.id;
  let path = wantedPath;

  function setOutcome(_id: string, outcome: Outcome): void {
    if (outcome.kind === 'failed') job.note([{ number, sizeBytes, error: outcome.error }]);
    if (outcome.kind !== 'done') return;
    const place = relative(job.stored.path, path).split(sep).join('/');
    job.note([{ number, sizeBytes, placed: place === wirePath ? undefined : place, isFlushed: true }]);
  }

  return {
    ...store,
    setPaths: (_id, paths) => {
      ({ path } = paths);
      store.setFilePart(folderId, number, paths.partPath);
    },
    setOutcome,
    setVerified: () => undefined,
  };
}
