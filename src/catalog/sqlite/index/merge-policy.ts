/** A segment, as far as it matters for what is merged. */
export type SegmentSize = { readonly key: number; readonly entries: number };

/** Segments of up to so many entries are of the smallest size; each further size has so many times as many. */
const SMALLEST_ENTRIES = 4_096;
const GROWTH = 8;
/** So many of one size become one of the next. */
const SEGMENTS_OF_SIZE = 8;
/** At most so many become one: a name is sought in all of them at once. */
const TOGETHER_MAX = 64;
/** Sizes below it are merged within a second, by a thread that larger ones do not hold up. */
const LARGE_SIZE = 2;
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
  if (all - livingEntries > GARBAGE_ENTRIES + livingEntries / 2) return keysOf(segments);
  const needed = chooseBySize(segments.filter((segment) => sizeOf(segment) >= LARGE_SIZE));
  if (needed.length > 0 || !isResting || segments.length <= RESTING_SEGMENTS) return needed;
  const ascending = [...segments].sort((a, b) => a.entries - b.entries);
  return keysOf(ascending.slice(0, ascending.length - RESTING_SEGMENTS + 1));
}

/** As soon as there are enough of one size, they and all that are smaller: these cost next to nothing more. */
function chooseBySize(segments: readonly SegmentSize[]): readonly number[] {
  const bySize = Map.groupBy(segments, sizeOf);
  for (const size of [...bySize.keys()].sort((a, b) => a - b)) {
    if ((bySize.get(size) ?? []).length < SEGMENTS_OF_SIZE) continue;
    return keysOf(segments.filter((segment) => sizeOf(segment) <= size));
  }
  return [];
}

function sizeOf({ entries }: SegmentSize): number {
  return entries <= SMALLEST_ENTRIES ? 0 : Math.ceil(Math.log(entries / SMALLEST_ENTRIES) / Math.log(GROWTH));
}

/** The oldest first: their keys are the lowest. */
function keysOf(segments: readonly SegmentSize[]): number[] {
  return segments
    .map(({ key }) => key)
    .sort((a, b) => a - b)
    .slice(0, TOGETHER_MAX);
}
