/** A segment, as far as it matters for what is merged. */
export type SegmentSize = { readonly key: number; readonly entries: number };

/** Segments of up to so many entries are of the smallest size; each further size has so many times as many. */
const SMALLEST_ENTRIES = 4_096;
const GROWTH = 12;
/** So many of one size become one of the next. */
const SEGMENTS_OF_SIZE = 12;
/** At most so many become one: a name is sought in all of them at once. */
const TOGETHER_MAX = 64;
/** Sizes below it are merged within a second, by a thread that larger ones do not hold up. */
const LARGE_SIZE = 2;
/** Segments with so many entries together are not merged into one any more: it would take memory by their size, and long. */
const ENTRIES_MAX = 2_000_000;
/** As many that nobody sees any more are kept; beyond, half as many as are seen. */
const GARBAGE_ENTRIES = 50_000;
/** So many segments are left alone when nothing else is to do. */
const RESTING_SEGMENTS = 4;

/** Which small segments are to become one; none where nothing is to be done. */
export function chooseSmallMerge(segments: readonly SegmentSize[]): readonly number[] {
  return chooseBySize(segments.filter((segment) => sizeOf(segment) < LARGE_SIZE));
}

/**
 * The same of all others.
 *
 * @param segments those that may be merged
 * @param livingEntries the entries of all lists that are in effect
 * @param isResting whether nothing was published for a while: then there is time for more than the needful
 */
export function chooseLargeMerge(
  segments: readonly SegmentSize[],
  livingEntries: number,
  isResting: boolean,
): readonly number[] {
  const all = segments.reduce((sum, { entries }) => sum + entries, 0);
  if (all - livingEntries > GARBAGE_ENTRIES + livingEntries / 2) return keysOf(firstOf(segments, byAge));
  const needed = chooseBySize(segments.filter((segment) => sizeOf(segment) >= LARGE_SIZE));
  if (needed.length > 0 || !isResting || segments.length <= RESTING_SEGMENTS) return needed;
  const smallest = segments.toSorted(bySizeAndAge).slice(0, segments.length - RESTING_SEGMENTS + 1);
  return several(smallest);
}

/** As soon as there are enough of one size, they and all that are smaller: these cost next to nothing more. */
function chooseBySize(segments: readonly SegmentSize[]): readonly number[] {
  const bySize = Map.groupBy(segments, sizeOf);
  for (const size of [...bySize.keys()].sort((a, b) => a - b)) {
    if ((bySize.get(size) ?? []).length < SEGMENTS_OF_SIZE) continue;
    return several(segments.filter((segment) => sizeOf(segment) <= size));
  }
  return [];
}

function sizeOf({ entries }: SegmentSize): number {
  return entries <= SMALLEST_ENTRIES ? 0 : Math.ceil(Math.log(entries / SMALLEST_ENTRIES) / Math.log(GROWTH));
}

/** The oldest have the lowest keys. */
function byAge(a: SegmentSize, b: SegmentSize): number {
  return a.key - b.key;
}

function bySizeAndAge(a: SegmentSize, b: SegmentSize): number {
  return a.entries - b.entries || byAge(a, b);
}

/** The smallest of them, if at least two can become one. */
function several(segments: readonly SegmentSize[]): number[] {
  const chosen = firstOf(segments, bySizeAndAge);
  return chosen.length > 1 ? keysOf(chosen) : [];
}

/** The first in an order, as many as may become one, and in any case the first. */
function firstOf(
  segments: readonly SegmentSize[],
  order: (a: SegmentSize, b: SegmentSize) => number,
): readonly SegmentSize[] {
  let entries = 0;
  const sorted = segments.toSorted(order).slice(0, TOGETHER_MAX);
  const end = sorted.findIndex((segment, at) => (entries += segment.entries) > ENTRIES_MAX && at > 0);
  return end === -1 ? sorted : sorted.slice(0, end);
}

function keysOf(segments: readonly SegmentSize[]): number[] {
  return segments.map(({ key }) => key).sort((a, b) => a - b);
}
