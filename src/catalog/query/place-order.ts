import { compareText } from '../../domain/text-order.ts';
import { compareInPath, NO_NAME, type PartOfPath } from '../segment/name-table.ts';
import type { Segment } from '../segment/segment.ts';
import type { EntryRef } from './holders.ts';
import { peerOf, type IndexState, type LiveSegment } from './index-state.ts';

/** Where an entry lies: the ids of the names in its path, the last one first. */
type Place = { index: number; live: LiveSegment | undefined; entry: number; readonly names: number[] };

/**
 * Orders entries of a state by path, then by the id of the peer, as ranks do, but without making the paths: a query may find
 * thousands of entries that differ in nothing else. Of two paths mostly only the first parts that differ are read.
 *
 * @param refAt the entry that a number stands for
 */
export function createPlaceOrder(
  state: IndexState,
  refAt: (index: number) => EntryRef,
): (a: number, b: number) => number {
  const a = newPlace();
  const b = newPlace();

  /** Mostly one entry is compared with many: what was found out of it is kept. */
  function lookAt(place: Place, index: number): void {
    if (place.index === index) return;
    const { segment, entry } = refAt(index);
    place.index = index;
    place.live = state.segments[segment];
    place.entry = entry;
    place.names.length = 0;
    if (place.live !== undefined) gatherNames(place.live.segment, entry, place.names);
  }

  function idOf({ live, entry }: Place): string {
    return live === undefined ? '' : state.viewPeer(peerOf(live, entry)).id;
  }

  return (first, second) => {
    lookAt(a, first);
    lookAt(b, second);
    return compareParts(a, b) || compareText(idOf(a), idOf(b));
  };
}

function newPlace(): Place {
  return { index: -1, live: undefined, entry: 0, names: [] };
}

function gatherNames(segment: Segment, entry: number, names: number[]): void {
  names.push(segment.entryNames[entry] ?? 0);
  for (let folder = segment.folderOf(entry); ; folder = segment.folderParents[folder] ?? 0) {
    const name = segment.folderNames[folder] ?? NO_NAME;
    if (name === NO_NAME) return;
    names.push(name);
  }
}

function compareParts(a: Place, b: Place): number {
  const isSameTable = a.live === b.live;
  for (let atA = a.names.length - 1, atB = b.names.length - 1; atA >= 0 && atB >= 0; atA -= 1, atB -= 1) {
    const areAlike = atA > 0 === atB > 0;
    if (isSameTable && areAlike && a.names[atA] === b.names[atB]) continue;
    const [partA, partB] = [partOf(a, atA), partOf(b, atB)];
    const order = partA === undefined || partB === undefined ? 0 : compareInPath(partA, partB);
    if (order !== 0) return order;
  }
  return 0;
}

function partOf({ live, names }: Place, at: number): PartOfPath | undefined {
  if (live === undefined) return undefined;
  const { files, folders } = live.segment;
  return { table: at > 0 ? folders : files, id: names[at] ?? 0, isFolder: at > 0 };
}
