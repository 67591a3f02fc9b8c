import { nextUnset } from '../segment/bits.ts';
import { entriesEnd } from '../segment/segment.ts';
import { folderBelow, namesOfPath } from '../segment/tree-seek.ts';
import type { IndexState, LiveSegment } from './index-state.ts';

/** A part of a list: where its segment is in the state, and the list's place in the segment. */
export type ListPart = { readonly at: number; readonly live: LiveSegment; readonly list: number };

/** A folder of a list, as one of the parts has it. */
export type FolderPart = ListPart & { readonly folder: number };

/** The parts of a peer's list in effect, one or none in each segment. */
export function partsOfList(state: IndexState, peer: number): readonly ListPart[] {
  const parts: ListPart[] = [];
  for (const [at, live] of state.segments.entries()) {
    const { listPeers, listNumbers } = live.segment;
    for (let list = listPeers.indexOf(peer); list !== -1; list = listPeers.indexOf(peer, list + 1)) {
      if (state.isCurrent(peer, listNumbers[list] ?? 0)) parts.push({ at, live, list });
    }
  }
  return parts;
}

/** The parts of a folder of a peer's list in effect; those of the whole list for the empty path. */
export function partsOfFolder(state: IndexState, peer: number, path: string): readonly FolderPart[] {
  const names = namesOfPath(path);
  return partsOfList(state, peer).flatMap((part) => {
    const { segment } = part.live;
    const folder = folderBelow(segment, segment.listFolders[part.list] ?? 0, names);
    return folder === undefined ? [] : [{ ...part, folder }];
  });
}

/** Calls back with each living entry of a folder and all below it. */
export function eachLivingBelow({ live, folder }: FolderPart, visit: (entry: number) => void): void {
  const { segment, dead } = live;
  const end = entriesEnd(segment, folder);
  const first = nextUnset(dead, segment.folderEntries[folder] ?? 0, end);
  for (let entry = first; entry < end; entry = nextUnset(dead, entry + 1, end)) visit(entry);
}

/** Whether any living entry lies in a folder or below it. */
export function hasLiving({ live, folder }: FolderPart): boolean {
  const { segment, dead } = live;
  const end = entriesEnd(segment, folder);
  return nextUnset(dead, segment.folderEntries[folder] ?? 0, end) < end;
}
