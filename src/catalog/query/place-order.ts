import { compareText } from '../../domain/text-order.ts';
import { compareInPath, type PartOfPath } from '../segment/compare-in-path.ts';
import { NO_NAME } from '../segment/name-table.ts';
import type { Segment } from '../segment/segment.ts';
import type { EntryRef } from './holders.ts';
import { liveOf, peerOf, type IndexState, type LiveSegment } from './index-state.ts';

/** Where an entry lies: the ids of the names in its path, the last one first. */
type Place = { readonly live: LiveSegment; readonly entry: number; readonly names: readonly number[] };

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
  const known = new Map<number, Place>();

  function placeAt(index: number): Place {
    let place = known.get(index);
    if (place === undefined) {
      const { segment, entry } = refAt(index);
      const live = liveOf(state, segment);
      place = { live, entry, names: namesAbove(live.segment, entry) };
      known.set(index, place);
    }
    return place;
  }

  return (first, second) => {
    const a = placeAt(first);
    const b = placeAt(second);
    return compareParts(a, b) || compareText(idOf(state, a), idOf(state, b));
  };
}

function idOf(state: IndexState, { live, entry }: Place): string {
  return state.viewPeer(peerOf(live, entry)).id;
}

function namesAbove(segment: Segment, entry: number): number[] {
  const names = [segment.entryNames[entry] ?? 0];
  for (let folder = segment.folderOf(entry); ; folder = segment.folderParents[folder] ?? 0) {
    const name = segment.folderNames[folder] ?? NO_NAME;
    if (name === NO_NAME) return names;
    names.push(name);
  }
}

function compareParts(a: Place, b: Place): number {
  const isSameTable = a.live === b.live;
  for (let atA = a.names.length - 1, atB = b.names.length - 1; atA >= 0 && atB >= 0; atA -= 1, atB -= 1) {
    const areAlike = atA > 0 === atB > 0;
    if (isSameTable && areAlike && a.names[atA] === b.names[atB]) continue;
    const order = compareInPath(partOf(a, atA), partOf(b, atB));
    if (order !== 0) return order;
  }
  return 0;
}

function partOf({ live: { segment }, names }: Place, at: number): PartOfPath {
  return { table: at > 0 ? segment.folders : segment.files, id: names[at] ?? 0, isFolder: at > 0 };
}
