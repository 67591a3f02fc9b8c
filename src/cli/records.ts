import type { ReplyOf, RowOf } from '../api/contract.ts';

/** The JSON objects that `--json` prints where they aren't the API's own: plain names, `size` in bytes, what is unknown left out. */

/** `sources` can be fetched from now, `offline` can't; each has its own `path` of the content. */
export function hitRecord({ path, sizeBytes, sha1, root, sourceCount, holderCount, holders }: RowOf<'search'>): object {
  const those = (wanted: 'online' | 'offline'): object[] =>
    holders
      .filter(({ presence }) => presence === wanted)
      .map(({ id, username, path: held }) => ({ id, username, path: held }));
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

/** What is told of all hits, after them. */
export function summaryRecord({ total, bounded, facets }: Omit<ReplyOf<'search'>, 'rows' | 'next'>): object {
  return { total, bounded, facets };
}

export function networkRecord({ sizeBytes, ...totals }: ReplyOf<'network'>): object {
  return { ...totals, size: sizeBytes };
}

/** `lastSeen` as ISO 8601 has it. */
export function peerRecord({ username, id, presence, files, sizeBytes, lastSeenS }: RowOf<'peers'>): object {
  const lastSeen = lastSeenS === undefined ? undefined : new Date(lastSeenS * 1_000).toISOString();
  return { username, id, presence, files, size: sizeBytes, lastSeen };
}

export function entryRecord({ path, sizeBytes, sha1, root }: RowOf<'browse'>): object {
  return { path, size: sizeBytes, sha1, root };
}

/** A folder has `files`, a file its hashes. */
export function folderRecord(row: RowOf<'folder'>, path: string): object {
  const { kind, sizeBytes } = row;
  return kind === 'folder'
    ? { kind, path, files: row.files, size: sizeBytes }
    : { kind, ...entryRecord({ ...row, path }) };
}

/** `looking` while it is looked through; `hashingPace` as in the status, since it is that of all shares. */
export function shareRecord(
  { sizeBytes, label, folder, files, ...state }: RowOf<'shares'>,
  hashingPace: ReplyOf<'status'>['hashingPace'],
): object {
  return { label, folder, files, size: sizeBytes, ...state, hashingPace };
}

/** Times as ISO 8601 has them. */
export function damageRecord({
  path,
  sizeBytes,
  sha1,
  root,
  pieceBytes,
  badPieces,
  badBytes,
  goodMs,
  foundMs,
}: RowOf<'damages'>): object {
  const good = goodMs === undefined ? undefined : new Date(goodMs).toISOString();
  const found = new Date(foundMs).toISOString();
  return { path, size: sizeBytes, sha1, root, pieceBytes, badPieces, badBytes, good, found };
}

export function uploadRecord({ sizeBytes, ...upload }: RowOf<'uploads'>): object {
  return { ...upload, size: sizeBytes };
}

export function downloadRecord({ sizeBytes, ...download }: RowOf<'downloads'>): object {
  return { ...download, size: sizeBytes };
}

export function failureRecord({ sizeBytes, ...failure }: RowOf<'failures'>): object {
  return { ...failure, size: sizeBytes };
}

export function statusRecord(status: ReplyOf<'status'>, downloads: readonly RowOf<'downloads'>[]): object {
  const { sharedFiles, sharedBytes, ...rest } = status;
  return { ...rest, files: sharedFiles, size: sharedBytes, downloads: downloads.map(downloadRecord) };
}
