/** A segment, as far as it matters for what is merged. */
export type SegmentSize = { readonly key: number; readonly entries: number };

/** Segments of up to so many entries are of the smallest size; each further size has so many times as many. */
const SMALLEST_ENTRIES = 4_096;
const GROWTH = 8;
/** So many of one size become one of the next. */
const SEGMENTS_OF_SIZE = 8;
/** As many that nobody sees any more are kept; beyond, half as many as are seen. */
const GARBAGE_ENTRIES = 50_000;
/** So many segments are left alone when nothing else is to do. */
const RESTING_SEGMENTS = 4;

/**
 * Which segments are to become one; none where nothing is to be done.
 *
 * @param segments those that may be merged
 * @param livingEntries the entries of all lists that are in effect
 * @param isResting whether nothing was published for a while: then there is time for more than the needful
 */
export function chooseMerge(
  segments: readonly SegmentSize[],
  livingEntries: number,
  isResting: boolean,
): readonly number[] {
  const all = segments.reduce((sum, { entries }) => sum + entries, 0);
  if (all - livingEntries > GARBAGE_ENTRIES + livingEntries / 2) return keysOf(segments);
  const bySize = Map.groupBy(segments, sizeOf);
  const sizes = [...bySize.keys()].sort((a, b) => a - b);
  for (const size of sizes) {
    const same = bySize.get(size) ?? [];
    // What is smaller costs next to nothing more.
    if (same.length >= SEGMENTS_OF_SIZE) return keysOf(segments.filter((segment) => sizeOf(segment) <= size));
  }
  if (!isResting || segments.length <= RESTING_SEGMENTS) return [];
  const ascending = [...segments].sort((a, b) => a.entries - b.entries);
  return keysOf(ascending.slice(0, ascending.length - RESTING_SEGMENTS + 1));
}

function sizeOf({ entries }: SegmentSize): number {
  return entries <= SMALLEST_ENTRIES ? 0 : Math.ceil(Math.log(entries / SMALLEST_ENTRIES) / Math.log(GROWTH));
}

function keysOf(segments: readonly SegmentSize[]): number[] {
  return segments.map(({ key }) => key);
}
