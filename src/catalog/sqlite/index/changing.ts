import { decodeChanges } from '../../../protocol/codecs/list-changes.ts';
import { findInParts } from '../../query/find-entry.ts';
import type { IndexState } from '../../query/index-state.ts';
import { partsOfList } from '../../query/list-parts.ts';
import { buildSegment } from '../../segment/build.ts';
import { createListTree } from '../../segment/list-tree.ts';
import { sizeOfEntry } from '../../segment/segment.ts';
import type { Entry } from '../../../domain/entry.ts';
import type { SegmentFiles } from './segment-files.ts';

/** Entries of a segment that are no longer there. */
export type DeadEntries = { readonly segment: number; readonly entries: Uint32Array };

/** What changes of a list come to: they are on the disk, but in effect for nobody yet. */
export type StoredChanges = {
  /** The segment that has the entries that were added; undefined where there are none. */
  readonly segment: number | undefined;
  readonly added: number;
  /** Entries that were removed, or have others in their place. */
  readonly dead: readonly DeadEntries[];
  /** How many files and bytes there are more, or fewer. */
  readonly files: number;
  readonly sizeBytes: bigint;
};

/**
 * Stores the entries that changes of a peer's list add, and finds those that go.
 *
 * @param segment the key of the segment to be made, if one is needed
 * @throws SwapmeetError `bad-line`
 */
export function storeChanges(
  files: SegmentFiles,
  state: IndexState,
  { peer, list, segment, changes }: { peer: number; list: number; segment: number; changes: Uint8Array },
): StoredChanges {
  const last = lastOfEachPath(changes);
  const dead = new Map<number, number[]>();
  let fileCount = 0;
  let sizeBytes = 0n;
  const tree = createListTree();
  const parts = partsOfList(state, peer);
  let added = 0;
  for (const [path, entry] of last) {
    const before = findInParts(parts, path);
    const live = before === undefined ? undefined : state.segments[before.segment];
    if (before !== undefined && live !== undefined) {
      const entries = dead.get(live.key) ?? [];
      entries.push(before.entry);
      dead.set(live.key, entries);
      fileCount -= 1;
      sizeBytes -= BigInt(sizeOfEntry(live.segment, before.entry));
    }
    if (entry === undefined) continue;
    tree.add(entry, (added += 1));
    fileCount += 1;
    sizeBytes += BigInt(entry.sizeBytes);
  }
  if (added > 0) {
    files.write(segment, (write) => {
      buildSegment([{ peer, list, tree }], write);
    });
  }
  return {
    segment: added > 0 ? segment : undefined,
    added,
    dead: Array.from(dead, ([key, entries]) => ({ segment: key, entries: Uint32Array.from(entries) })),
    files: fileCount,
    sizeBytes,
  };
}

/** What is to be at each path that is named; changes count one after the other, so the last of a path says it. */
function lastOfEachPath(changes: Uint8Array): ReadonlyMap<string, Entry | undefined> {
  const last = new Map<string, Entry | undefined>();
  for (const change of decodeChanges(changes)) {
    if ('add' in change) last.set(change.add.path, change.add);
    else last.set(change.remove, undefined);
  }
  return last;
}
