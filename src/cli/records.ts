import type { ReplyOf, RowOf } from '../api/contract.ts';

/** The JSON objects that `--json` prints where they aren't the API's own: plain names, `size` in bytes, what is unknown left out. */

/** `sources` can be fetched from now, `offline` can't. */
export function hitRecord({ path, sizeBytes, sha1, root, sourceCount, holderCount, holders }: RowOf<'search'>): object {
  const those = (wanted: 'online' | 'offline'): object[] =>
    holders.filter(({ presence }) => presence === wanted).map(({ id, username }) => ({ id, username }));
  return {
    name: path,
    size: sizeBytes,
    sha1,
    root,
    sourceCount,
    sources: those('online'),
    holderCount,
    offline: those('offline'),
  };
}

export function peerRecord({ username, id, presence, files, sizeBytes }: RowOf<'peers'>): object {
  return { username, id, presence, files, size: sizeBytes };
}

export function entryRecord({ path, sizeBytes, sha1, root }: RowOf<'browse'>): object {
  return { path, size: sizeBytes, sha1, root };
}

export function shareRecord({
  label,
  folder,
  files,
  sizeBytes,
  hashing,
  postponedFiles,
  error,
}: RowOf<'shares'>): object {
  return { label, folder, files, size: sizeBytes, hashing, postponedFiles, error };
}

export function statusRecord(status: ReplyOf<'status'>, downloads: readonly RowOf<'downloads'>[]): object {
  const { sharedFiles, sharedBytes, ...rest } = status;
  return { ...rest, files: sharedFiles, size: sharedBytes, downloads };
}
