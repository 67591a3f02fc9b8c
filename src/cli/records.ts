import type { ReplyOf, RowOf } from '../api/contract.ts';

/** The JSON objects that `--json` prints: plain names, sizes in bytes, what is unknown left out. */

export function hitRecord({ path, sizeBytes, sha1, root, sourceCount, sources }: RowOf<'search'>): object {
  return {
    name: path,
    size: sizeBytes,
    sha1,
    root,
    sourceCount,
    sources: sources.map((source) => ({ id: source.id, username: source.username, name: source.path })),
  };
}

export function peerRecord({ username, id, presence, files, sizeBytes }: RowOf<'peers'>): object {
  return { username, id, presence, files, size: sizeBytes };
}

export function entryRecord({ path, sizeBytes, sha1, root }: RowOf<'browse'>): object {
  return { path, size: sizeBytes, sha1, root };
}

export function shareRecord({ label, folder, files, sizeBytes, hashing, error }: RowOf<'shares'>): object {
  return { label, folder, files, size: sizeBytes, hashing, error };
}

export function downloadRecord(download: RowOf<'downloads'>): object {
  const { id, name, sha1, root, sizeBytes, verifiedBytes, bytesPerSecond, state, path, source, liars, error } =
    download;
  return {
    id,
    name,
    state,
    size: sizeBytes,
    verified: verifiedBytes,
    bytesPerSecond: Math.round(bytesPerSecond),
    sha1,
    root,
    path,
    source,
    liars,
    error,
  };
}

export function statusRecord(status: ReplyOf<'status'>, downloads: readonly RowOf<'downloads'>[]): object {
  const { username, server, link, listen, sharedFiles, sharedBytes, published, activeDownloads, activeUploads } =
    status;
  return {
    username,
    server,
    link,
    listen,
    files: sharedFiles,
    size: sharedBytes,
    published,
    activeDownloads,
    activeUploads,
    downloads: downloads.map(downloadRecord),
  };
}
