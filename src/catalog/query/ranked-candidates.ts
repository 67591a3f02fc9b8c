import { compareRanks, type Rank } from '../../domain/rank.ts';
import type { Checkpoint } from '../query-pass.ts';
import { pathOfEntry } from '../segment/segment.ts';
import type { Candidates } from './candidates.ts';
import type { EntryRef, Holders, SharedContent } from './holders.ts';
import { peerOf, type IndexState } from './index-state.ts';
import { createPlaceOrder } from './place-order.ts';
import { smallest } from './smallest.ts';

/** Candidates in their order, as far as it is asked for. */
export type RankedCandidates = {
  /** How many there are; of one content only the best is counted, where they are grouped. */
  readonly count: number;
  /**
   * From the first behind a rank on (from the best, where there is none).
   *
   * @param first how many will be taken at first
   */
  from(after: Rank | undefined, first: number): Iterable<Hit>;
  /** All of them, in no order. */
  all(): Iterable<EntryRef>;
};

export type Hit = {
  readonly ref: EntryRef;
  /** As `Holders` says it. */
  readonly content: SharedContent | undefined;
  readonly sourceCount: number;
  /** Its whole rank: most hits are never asked for it. */
  rank(): Rank;
};

/** The parts of a rank that are numbers, in one that is the lower the better the rank. [PROTOCOL §6.5] */
const WORDS = 2 ** 7;
const SOURCES = 2 ** 20;
const UNITS = 2 ** 13;

function orderOf(wordsInName: number, wholeWords: number, sourceCount: number, nameUnits: number): number {
  const words = (WORDS - 1 - wordsInName) * WORDS + (WORDS - 1 - wholeWords);
  const sources = SOURCES - 1 - Math.min(sourceCount, SOURCES - 1);
  return (words * SOURCES + sources) * UNITS + Math.min(nameUnits, UNITS - 1);
}

/**
 * @param grouped whether of entries with one content only the best counts
 */
export function rankCandidates(
  state: IndexState,
  candidates: Candidates,
  holders: Holders,
  options: { readonly grouped: boolean; readonly check: Checkpoint },
): RankedCandidates {
  const { segments, entries, wordsInName, wholeWords, nameUnits } = candidates;
  const orders = new Float64Array(candidates.count);
  const sourceCounts = new Uint16Array(candidates.count);
  const contents: (SharedContent | undefined)[] = [];
  const comparePlaces = createPlaceOrder(state, candidates);
  const kept = keep();

  function rankAt(index: number): Rank {
    const { segment: at, entry } = refAt(index);
    const live = state.segments[at];
    return {
      wordsInName: wordsInName[index] ?? 0,
      wholeWords: wholeWords[index] ?? 0,
      sourceCount: sourceCounts[index] ?? 0,
      nameUnits: nameUnits[index] ?? 0,
      path: live === undefined ? '' : pathOfEntry(live.segment, entry),
      id: live === undefined ? '' : state.viewPeer(peerOf(live, entry)).id,
    };
  }

  function hitAt(index: number): Hit {
    return {
      ref: refAt(index),
      content: contents[index],
      sourceCount: sourceCounts[index] ?? 0,
      rank: () => rankAt(index),
    };
  }

  function refAt(index: number): EntryRef {
    return { segment: segments[index] ?? 0, entry: entries[index] ?? 0 };
  }

  function compare(a: number, b: number): number {
    const first = orders[a] ?? 0;
    const second = orders[b] ?? 0;
    // A difference would be made an object of its own: it is no small number.
    if (first !== second) return first < second ? -1 : 1;
    return comparePlaces(a, b);
  }

  /** Orders all candidates by what are numbers, and tells which count. */
  function keep(): number[] {
    /** By content. */
    const best: number[] = [];
    const alone: number[] = [];
    for (let index = 0; index < candidates.count; index += 1) {
      options.check();
      const segment = segments[index] ?? 0;
      const entry = entries[index] ?? 0;
      const content = holders.contentOf(segment, entry);
      const sourceCount = holders.sourceCount(content, segment, entry);
      contents.push(content);
      sourceCounts[index] = sourceCount;
      orders[index] = orderOf(wordsInName[index] ?? 0, wholeWords[index] ?? 0, sourceCount, nameUnits[index] ?? 0);
      if (content === undefined || !options.grouped) {
        alone.push(index);
        continue;
      }
      const known = best[content.id];
      if (known === undefined || compare(index, known) < 0) best[content.id] = index;
    }
    for (const index of best) alone.push(index);
    return alone;
  }

  function* from(after: Rank | undefined, first: number): Generator<Hit> {
    let waiting = after === undefined ? kept : behind(after);
    for (let batch = first; waiting.length > 0; batch *= 4) {
      const { least, others } = parted(waiting, batch);
      for (const index of least) yield hitAt(index);
      waiting = others;
    }
  }

  /** The best so many, in their order, and all others. Only where numbers are equal, places are looked at. */
  function parted(indices: readonly number[], count: number): { least: number[]; others: number[] } {
    if (indices.length <= count) return { least: indices.toSorted(compare), others: [] };
    const limit = orderAt(indices, count - 1);
    const least = indices.filter((index) => (orders[index] ?? 0) < limit);
    const equal = indices.filter((index) => orders[index] === limit);
    const taken = new Set(smallest(equal, count - least.length, comparePlaces));
    return {
      least: [...least.sort(compare), ...taken],
      others: indices.filter((index) => (orders[index] ?? 0) >= limit && !taken.has(index)),
    };
  }

  /** The order of the one at a place, if they were sorted by it. */
  function orderAt(indices: readonly number[], place: number): number {
    const least = smallest(indices, place + 1, (a, b) => (orders[a] ?? 0) - (orders[b] ?? 0));
    return orders[least.at(-1) ?? 0] ?? 0;
  }

  function behind(after: Rank): number[] {
    const least = orderOf(after.wordsInName, after.wholeWords, after.sourceCount, after.nameUnits);
    return kept.filter((index) => {
      options.check();
      const order = orders[index] ?? 0;
      return order > least || (order === least && compareRanks(rankAt(index), after) > 0);
    });
  }

  return { count: kept.length, from, all: () => kept.map(refAt) };
}
