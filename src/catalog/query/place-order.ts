import { compareText } from '../../domain/text-order.ts';
import { compareInPath, NO_NAME, type PartOfPath } from '../segment/name-table.ts';
import type { EntryRef } from './holders.ts';
import { peerOf, type IndexState } from './index-state.ts';

/** Where an entry lies: the ids of the names in its path, the outermost first. */
type Place = { readonly ref: EntryRef; readonly names: readonly number[] };

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
    const place = known.get(index) ?? findPlace(refAt(index));
    known.set(index, place);
    return place;
  }

  function findPlace(ref: EntryRef): Place {
    const segment = state.segments[ref.segment]?.segment;
    if (segment === undefined) return { ref, names: [] };
    const names = [segment.entryNames[ref.entry] ?? 0];
    for (let folder = segment.folderOf(ref.entry); ; folder = segment.folderParents[folder] ?? 0) {
      const name = segment.folderNames[folder] ?? NO_NAME;
      if (name === NO_NAME) return { ref, names: names.reverse() };
      names.push(name);
    }
  }

  function partOf({ ref, names }: Place, depth: number): PartOfPath {
    const { files, folders } = liveAt(ref).segment;
    const isFolder = depth + 1 < names.length;
    return { table: isFolder ? folders : files, id: names[depth] ?? 0, isFolder };
  }

  function liveAt({ segment }: EntryRef) {
    const live = state.segments[segment];
    if (live === undefined) throw new RangeError('an entry of a segment that the state does not have');
    return live;
  }

  function idOf({ ref }: Place): string {
    return state.viewPeer(peerOf(liveAt(ref), ref.entry)).id;
  }

  return (first, second) => {
    const a = placeAt(first);
    const b = placeAt(second);
    const depths = Math.min(a.names.length, b.names.length);
    const isSameSegment = a.ref.segment === b.ref.segment;
    for (let depth = 0; depth < depths; depth += 1) {
      const areAlike = depth + 1 < a.names.length === depth + 1 < b.names.length;
      if (isSameSegment && areAlike && a.names[depth] === b.names[depth]) continue;
      const order = compareInPath(partOf(a, depth), partOf(b, depth));
      if (order !== 0) return order;
    }
    return compareText(idOf(a), idOf(b));
  };
}
