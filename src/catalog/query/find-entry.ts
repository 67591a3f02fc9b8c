import { hasBit } from '../segment/bits.ts';
import { fileNamed, folderBelow, namesOfPath } from '../segment/tree-seek.ts';
import type { EntryRef } from './holders.ts';
import type { IndexState, LiveSegment } from './index-state.ts';
import { partsOfList, type ListPart } from './list-parts.ts';

/**
 * The entry that has a path in one of a segment's lists, unless it was removed.
 *
 * @param list the list's place in the segment
 */
export function findEntry(live: LiveSegment, list: number, path: string): number | undefined {
  return findFile(live, list, filePath(path));
}

/** A path cut into names once, to be looked for in many segments. */
type FilePath = { readonly folders: readonly Uint8Array[]; readonly name: Uint8Array };

function filePath(path: string): FilePath {
  const names = namesOfPath(path);
  return { folders: names.slice(0, -1), name: names.at(-1) ?? new Uint8Array() };
}

function findFile({ segment, dead }: LiveSegment, list: number, { folders, name }: FilePath): number | undefined {
  const folder = folderBelow(segment, segment.listFolders[list] ?? 0, folders);
  if (folder === undefined) return undefined;
  const entry = fileNamed(segment, folder, name);
  return entry === undefined || hasBit(dead, entry) ? undefined : entry;
}

/** The entry that has a path in a peer’s list in effect. */
export function findInList(state: IndexState, peer: number, path: string): EntryRef | undefined {
  return findInParts(partsOfList(state, peer), path);
}

/** The same in parts that were gathered once for many paths. */
export function findInParts(parts: readonly ListPart[], path: string): EntryRef | undefined {
  const sought = filePath(path);
  for (const { at, live, list } of parts) {
    const entry = findFile(live, list, sought);
    if (entry !== undefined) return { segment: at, entry };
  }
  return undefined;
}
