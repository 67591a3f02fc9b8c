import { compareText } from '../../domain/text-order.ts';
import { AFTER_FILE, AFTER_FOLDER, compareInPath } from '../segment/compare-in-path.ts';
import { withRoom } from '../segment/memory.ts';
import { NO_NAME, type NameTable } from '../segment/name-table.ts';
import type { Candidates } from './candidates.ts';
import { liveOf, peerOf, type IndexState, type LiveSegment } from './index-state.ts';

/**
 * Orders candidates by path, then by the id of the peer, as ranks do, but without making the paths: a query may find
 * thousands of entries that differ in nothing else. Of two paths mostly only the first parts that differ are read.
 */
export function createPlaceOrder(
  state: IndexState,
  { count, segments, entries }: Pick<Candidates, 'count' | 'segments' | 'entries'>,
): (a: number, b: number) => number {
  /** The ids of the names in the paths that were looked at: each path from its file to the folder at the top. */
  let names: Uint32Array = new Uint32Array(1024);
  /** Where these lie in their tables, as far as they were compared; both 0 for the others. */
  let froms: Uint32Array = new Uint32Array(1024);
  let tos: Uint32Array = new Uint32Array(1024);
  let used = 0;
  /** By candidate: where its names begin and end; both 0 for one that was not looked at. */
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);

  function liveAt(index: number): LiveSegment {
    return liveOf(state, segments[index] ?? 0);
  }

  function add(name: number): void {
    if (used === names.length) {
      names = withRoom(names, used + 1);
      froms = withRoom(froms, used + 1);
      tos = withRoom(tos, used + 1);
    }
    names[used] = name;
    used += 1;
  }

  /** Finds out where a name lies. */
  function seek(at: number, { names: records }: NameTable): void {
    records.find(names[at] ?? 0);
    froms[at] = records.at;
    tos[at] = records.end;
  }

  function look(index: number): void {
    if (ends[index] !== 0) return;
    const { segment } = liveAt(index);
    const entry = entries[index] ?? 0;
    starts[index] = used;
    add(segment.entryNames[entry] ?? 0);
    for (let folder = segment.folderOf(entry); ; folder = segment.folderParents[folder] ?? 0) {
      const name = segment.folderNames[folder] ?? NO_NAME;
      if (name === NO_NAME) break;
      add(name);
    }
    ends[index] = used;
  }

  function compareParts(a: number, b: number): number {
    const first = liveAt(a).segment;
    const second = liveAt(b).segment;
    const fileA = starts[a] ?? 0;
    const fileB = starts[b] ?? 0;
    for (let atA = (ends[a] ?? 0) - 1, atB = (ends[b] ?? 0) - 1; atA >= fileA && atB >= fileB; atA -= 1, atB -= 1) {
      const nameA = names[atA] ?? 0;
      const nameB = names[atB] ?? 0;
      const tableA = atA > fileA ? first.folders : first.files;
      const tableB = atB > fileB ? second.folders : second.files;
      if (tableA === tableB && nameA === nameB) continue;
      if (tos[atA] === 0) seek(atA, tableA);
      if (tos[atB] === 0) seek(atB, tableB);
      const order = compareInPath(
        tableA.names.window,
        froms[atA] ?? 0,
        tos[atA] ?? 0,
        atA > fileA ? AFTER_FOLDER : AFTER_FILE,
        tableB.names.window,
        froms[atB] ?? 0,
        tos[atB] ?? 0,
        atB > fileB ? AFTER_FOLDER : AFTER_FILE,
      );
      if (order !== 0) return order;
    }
    return 0;
  }

  function idOf(index: number): string {
    return state.viewPeer(peerOf(liveAt(index), entries[index] ?? 0)).id;
  }

  return (a, b) => {
    look(a);
    look(b);
    return compareParts(a, b) || compareText(idOf(a), idOf(b));
  };
}
