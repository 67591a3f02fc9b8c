import { collectGarbage } from '../../../runtime/collect-garbage.ts';
import type { IndexState, LiveSegment } from '../../query/index-state.ts';
import { hasBit } from '../../segment/bits.ts';
import { mergeSegments, type MergeSource } from '../../segment/merge.ts';
import type { Resident } from '../../segment/segment-file.ts';
import type { Segment } from '../../segment/segment.ts';
import type { SegmentFiles } from './segment-files.ts';
import { createSharedBytes } from '../../segment/memory.ts';

/** Where the entries of a merged segment came from: by source, the place of each of its entries, `NOWHERE` for those left out. */
export type MergedFrom = { readonly segment: number; readonly places: Uint32Array };

export type MergedSegment = {
  readonly segment: number;
  readonly entries: number;
  readonly from: readonly MergedFrom[];
  /** What is held in memory of it, to be shared with the other threads; undefined for a small one. */
  readonly resident: Resident | undefined;
};

export const NOWHERE = 0xffff_ffff;

/**
 * The segments that may be merged: those without parts of lists that are still being sent. Such a part is in effect for nobody
 * yet, and which of two parts is the later one is told by their segments.
 */
export function mergeable(state: IndexState, beingSent: ReadonlySet<number>): readonly LiveSegment[] {
  // Numbers of lists grow, so only the latest segments have any of those that are being sent: there are many lists to look at.
  const oldest = Math.min(...beingSent);
  return state.segments.filter(
    ({ segment }) => latestList(segment) < oldest || !segment.listNumbers.some((list) => beingSent.has(list)),
  );
}

const latestLists = new WeakMap<Segment, number>();

/** The highest number of a list in a segment. */
function latestList(segment: Segment): number {
  const known = latestLists.get(segment);
  if (known !== undefined) return known;
  const latest = segment.listNumbers.reduce((highest, list) => Math.max(highest, list), 0);
  latestLists.set(segment, latest);
  return latest;
}

/**
 * Makes one segment of several, of what is alive in them.
 *
 * @param chosen those that go into it
 * @param segment the key of the new one
 */
export function mergeLive(
  files: SegmentFiles,
  state: IndexState,
  chosen: readonly LiveSegment[],
  segment: number,
): MergedSegment {
  const from = chosen.map(({ key, segment: old }) => ({
    segment: key,
    places: new Uint32Array(createSharedBytes(old.entryCount * Uint32Array.BYTES_PER_ELEMENT), 0, old.entryCount).fill(
      NOWHERE,
    ),
  }));
  let place = 0;
  const entries = files.write(segment, (write) =>
    mergeSegments(
      chosen.map((live) => sourceOf(state, live)),
      {
        write,
        onEntry: (source, entry) => {
          const places = from[source]?.places;
          if (places !== undefined) places[entry] = place;
          place += 1;
        },
      },
    ),
  );
  return { segment, entries, from, resident: readResident(files, segment, entries) };
}

/** Merged entries that leave behind more than is worth keeping. */
const MANY_ENTRIES = 100_000;

function readResident(files: SegmentFiles, segment: number, entries: number): Resident | undefined {
  if (entries > MANY_ENTRIES) collectGarbage();
  return files.readResident(segment);
}

function sourceOf(state: IndexState, { segment, dead }: LiveSegment): MergeSource {
  return {
    segment,
    isListAlive: (list) => state.isCurrent(segment.listPeers[list] ?? 0, segment.listNumbers[list] ?? 0),
    isDead: (entry) => hasBit(dead, entry),
  };
}
