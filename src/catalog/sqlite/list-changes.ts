import { decodeChanges } from '../../protocol/codecs/list-changes.ts';
import type { Database } from './database.ts';
import { createEntries } from './entries.ts';
import { createFolders } from './folders.ts';
import type { ListTotals } from './list-record.ts';
import { splitPath } from './rows.ts';

type Found = { readonly key: number; readonly folder: number; readonly sizeBytes: number };

/**
 * Makes changes to a peer's list. What is called runs within a transaction of the caller's; it throws `bad-line`, and returns
 * how many files more (or fewer) there are, and how many bytes.
 */
export function createListChanges(database: Database) {
  const entries = createEntries(database);
  const folders = createFolders(database);
  const find = database.prepare<[number, string, string], Found>(
    `SELECT entry.key, entry.folder, content.size_bytes AS sizeBytes
     FROM folder CROSS JOIN entry ON entry.folder = folder.key CROSS JOIN content ON content.key = entry.content
     WHERE folder.peer = ? AND folder.path = ? AND entry.name = ?`,
  );
  return (peerKey: number, changes: Uint8Array): { readonly files: number; readonly sizeBytes: bigint } => {
    const folderKeyOf = folders.ofPeer(peerKey);
    const left = new Set<number>();
    let files = 0;
    let sizeBytes = 0n;
    for (const change of decodeChanges(changes)) {
      const { folder, name } = splitPath('add' in change ? change.add.path : change.remove);
      const before = find.get(peerKey, folder, name);
      if (before !== undefined) {
        files -= 1;
        sizeBytes -= BigInt(before.sizeBytes);
      }
      if ('add' in change) {
        entries.store(folderKeyOf(folder), name, change.add);
        files += 1;
        sizeBytes += BigInt(change.add.sizeBytes);
      } else if (before !== undefined) {
        entries.remove(before.key);
        left.add(before.folder);
      }
    }
    for (const folder of left) folders.dropIfEmpty(folder);
    return { files, sizeBytes };
  };
}

const SIZE_BYTES_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** The totals after changes; undefined where those before do not say enough, because they were more than a number holds. */
export function changeTotals(
  before: ListTotals,
  grown: { readonly files: number; readonly sizeBytes: bigint },
): ListTotals | undefined {
  if (before.sizeBytes === Number.MAX_SAFE_INTEGER) return undefined;
  const sizeBytes = BigInt(before.sizeBytes) + grown.sizeBytes;
  return {
    files: before.files + grown.files,
    sizeBytes: Number(sizeBytes < SIZE_BYTES_MAX ? sizeBytes : SIZE_BYTES_MAX),
  };
}
