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
export function findEntry({ segment, dead }: LiveSegment, list: number, path: string): number | undefined {
  const names = namesOfPath(path);
  const name = names.at(-1);
  const folder = folderBelow(segment, segment.listFolders[list] ?? 0, names.slice(0, -1));
  if (name === undefined || folder === undefined) return undefined;
  const entry = fileNamed(segment, folder, name);
  return entry === undefined || hasBit(dead, entry) ? undefined : entry;
}

/** The entry that has a path in a peer’s list in effect. */
export function findInList(state: IndexState, peer: number, path: string): EntryRef | undefined {
  return findInParts(partsOfList(state, peer), path);
}

/** The same in parts that were gathered once for many paths. */
export function findInParts(parts: readonly ListPart[], path: string): EntryRef | undefined {
  for (const { at, live, list } of parts) {
    const entry = findEntry(live, list, path);
    if (entry !== undefined) return { segment: at, entry };
  }
  return undefined;
}
