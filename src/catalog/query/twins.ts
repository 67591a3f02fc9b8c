import { clearBit, createBits, setBit } from '../segment/bits.ts';
import { placeOfPrint, type Segment } from '../segment/segment.ts';

/** What is known of a segment that was compared with all others that were. */
export type SegmentTwins = {
  /** A bit for each entry whose print an entry of another one has, too. */
  readonly twins: Uint32Array;
  /** A bit for the first place of each content that was found to be the same wherever others have its print. Whoever finds it so sets it. */
  readonly sure: Uint32Array;
};

/** What is known of the segments of a state, each at its place in it. */
export type KnownTwins = {
  /** Undefined for one that was not compared, or not yet. */
  readonly of: readonly (SegmentTwins | undefined)[];
  /** The segments that were not. */
  readonly unknown: readonly number[];
};

/** Knows which entries may have their content in another segment as well. */
export type Twins = {
  /**
   * What is known of segments by now. Each call compares some that are new, for no longer than some milliseconds, or than it takes to look for
   * the candidates without it: the thread for costly queries has few calls.
   *
   * @param candidates how many contents will be looked for
   */
  among(segments: readonly Segment[], candidates: number): KnownTwins;
};

export type TwinsOptions = {
  /**
   * Segments of fewer entries are not compared: while much is published they come and go by the second, and would cost queries
   * more than to look for their candidates in them.
   */
  readonly entriesMin: number;
  /** Contents that are compared in one call at least: each takes some nanoseconds. */
  readonly placesACall: number;
  readonly placesACandidate: number;
};

const OPTIONS: TwinsOptions = { entriesMin: 50_000, placesACall: 2 ** 16, placesACandidate: 2 ** 6 };

type Compared = SegmentTwins & { readonly segment: Segment };

/**
 * Compares each large segment with all others once, in the order of their prints, when it is new. A query that did so for each of its
 * candidates would wait for memory most of its time: the prints of a content lie far apart in all segments.
 */
export function createTwins({ entriesMin, placesACall, placesACandidate } = OPTIONS): Twins {
  let compared: readonly Compared[] = [];
  let waiting: readonly Segment[] = [];
  let work: { readonly one: Compared; readonly steps: Iterator<number> } | undefined;
  let last: readonly Segment[] = [];
  let known: KnownTwins = { of: [], unknown: [] };

  function follow(segments: readonly Segment[]): void {
    const current = new Set(segments);
    compared = compared.filter(({ segment }) => current.has(segment));
    for (const { segment } of compared) current.delete(segment);
    // One that is gone begins anew if it comes back: contents of others may be found sure meanwhile.
    if (work !== undefined && !current.delete(work.one.segment)) work = undefined;
    waiting = [...current].filter(({ entryCount }) => entryCount >= entriesMin);
  }

  /** Returns whether a segment was finished. */
  function compareSome(placesMax: number): boolean {
    let isFurther = false;
    for (let left = placesMax; left > 0;) {
      work ??= nextWork();
      if (work === undefined) break;
      const step = work.steps.next();
      if (step.done === true) {
        compared = [...compared, work.one];
        work = undefined;
        isFurther = true;
      } else left -= step.value;
    }
    return isFurther;
  }

  function nextWork(): typeof work {
    const [segment, ...rest] = waiting;
    waiting = rest;
    if (segment === undefined) return undefined;
    const { entryCount } = segment;
    const one = { segment, twins: createBits(entryCount), sure: createBits(entryCount) };
    return { one, steps: compare(one, compared) };
  }

  return {
    among: (segments, candidates) => {
      const isNew = segments.length !== last.length || segments.some((segment, at) => segment !== last[at]);
      if (isNew) follow(segments);
      last = segments;
      const isFurther = compareSome(Math.max(placesACall, candidates * placesACandidate));
      if (!isNew && !isFurther) return known;
      const all = new Map(compared.map((one) => [one.segment, one]));
      const of = segments.map((segment) => all.get(segment));
      known = { of, unknown: [...segments.keys()].filter((at) => of[at] === undefined) };
      return known;
    },
  };
}

/** Contents of which one step looks at. */
const STEP_PLACES = 2 ** 12;

/** Marks the entries of one segment and of others that have a print in common. Gives the places looked at, step by step. */
function* compare(one: Compared, others: readonly Compared[]): Generator<number> {
  for (const other of others) {
    const [fewer, more] = one.segment.entryCount < other.segment.entryCount ? [one, other] : [other, one];
    const { prints } = fewer.segment.bySha1;
    for (let from = 0; from < prints.length;) {
      const to = endOfStep(prints, from);
      markTwins(fewer, more, from, to);
      yield to - from;
      from = to;
    }
  }
}

/** A step takes all entries of a print, or none. */
function endOfStep(prints: Uint32Array, from: number): number {
  let to = Math.min(prints.length, from + STEP_PLACES);
  while (to < prints.length && prints[to] === prints[to - 1]) to += 1;
  return to;
}

/** In a segment of more than so many times the places, prints are looked up one by one. */
const SEARCHED_TIMES = 32;

function markTwins(fewer: Compared, more: Compared, from: number, to: number): void {
  const { prints } = fewer.segment.bySha1;
  const others = more.segment.bySha1.prints;
  const isSearched = others.length > prints.length * SEARCHED_TIMES;
  let other = placeOfPrint(others, prints[from] ?? 0);
  for (let place = from; place < to && other < others.length;) {
    const print = prints[place] ?? 0;
    const otherPrint = others[other] ?? 0;
    if (print === otherPrint) {
      place = markPrint(fewer, place);
      other = markPrint(more, other);
    } else if (!isSearched && print >>> 1 !== otherPrint >>> 1) {
      // Sums, for nobody could predict a branch.
      const isLess = ((print >>> 1) - (otherPrint >>> 1)) >>> 31;
      place += isLess;
      other += 1 - isLess;
    } else if (print < otherPrint) place += 1;
    else other = placeOfPrint(others, print);
  }
}

/** Marks the entries of a print, of which the first place is given. Returns the place after the last. */
function markPrint({ segment, twins, sure }: Compared, first: number): number {
  const { prints, entries } = segment.bySha1;
  let place = first;
  do {
    setBit(twins, entries[place] ?? 0);
    clearBit(sure, place);
    place += 1;
  } while (prints[place] === prints[first]);
  return place;
}
