import { compareRanks, type Rank } from '../../domain/rank.ts';
import type { Checkpoint } from '../query-pass.ts';
import { entryAt } from '../segment/segment.ts';
import type { Candidates } from './candidates.ts';
import type { EntryRef, Holders } from './holders.ts';
import { peerOf, type IndexState } from './index-state.ts';

/** Candidates in their order, as far as it is asked for. */
export type RankedCandidates = {
  /** How many there are; of one content only the best is counted, where they are grouped. */
  readonly count: number;
  /** From the first behind a rank on (from the best, where there is none), each with its whole rank. */
  from(after: Rank | undefined): Iterable<Hit>;
  /** All of them, in no order. */
  all(): Iterable<EntryRef>;
};

export type Hit = { readonly ref: EntryRef; readonly rank: Rank };

/** The parts of a rank that are numbers, in one that is the lower the better the rank. [PROTOCOL §6.5] */
const WORDS = 2 ** 7;
const SOURCES = 2 ** 20;
const UNITS = 2 ** 13;

function orderOf({ wordsInName, wholeWords, sourceCount, nameUnits }: Omit<Rank, 'path' | 'id'>): number {
  const words = (WORDS - 1 - wordsInName) * WORDS + (WORDS - 1 - wholeWords);
  const sources = SOURCES - 1 - Math.min(sourceCount, SOURCES - 1);
  return (words * SOURCES + sources) * UNITS + Math.min(nameUnits, UNITS - 1);
}

/** Ranks that are put in order at first, and as many more as are asked for after them. */
const FIRST_BATCH = 256;

/**
 * @param grouped whether of entries with one content only the best counts
 */
export function rankCandidates(
  state: IndexState,
  candidates: Candidates,
  holders: Holders,
  options: { readonly grouped: boolean; readonly check: Checkpoint },
): RankedCandidates {
  const orders = new Float64Array(candidates.count);
  const rankOf = (index: number): Rank => ({
    ...numbersOf(candidates, index),
    sourceCount: holders.sourceCount(refOf(candidates, index)),
    ...placeOf(state, refOf(candidates, index)),
  });
  for (let index = 0; index < candidates.count; index += 1) {
    options.check();
    const sourceCount = holders.sourceCount(refOf(candidates, index));
    orders[index] = orderOf({ ...numbersOf(candidates, index), sourceCount });
  }
  const kept = options.grouped ? bestOfEach() : Uint32Array.from({ length: candidates.count }, (_, index) => index);

  /** Of candidates with one content the best. */
  function bestOfEach(): Uint32Array {
    const best = new Map<string, number>();
    const indices: number[] = [];
    for (let index = 0; index < candidates.count; index += 1) {
      const content = holders.contentOf(refOf(candidates, index));
      if (content === undefined) {
        indices.push(index);
        continue;
      }
      const known = best.get(content);
      if (known === undefined || compare(index, known) < 0) best.set(content, index);
    }
    return Uint32Array.from([...indices, ...best.values()]);
  }

  function compare(a: number, b: number): number {
    return (orders[a] ?? 0) - (orders[b] ?? 0) || compareRanks(rankOf(a), rankOf(b));
  }

  function* from(after: Rank | undefined): Generator<Hit> {
    const least = after === undefined ? -1 : orderOf(after);
    let waiting = kept.filter((index) => (orders[index] ?? 0) >= least);
    for (let batch = FIRST_BATCH; waiting.length > 0; batch *= 4) {
      const limit = limitOf(waiting, orders, batch);
      const hits = Array.from(
        waiting.filter((index) => (orders[index] ?? 0) <= limit),
        (index) => ({ ref: refOf(candidates, index), rank: rankOf(index) }),
      ).sort((a, b) => compareRanks(a.rank, b.rank));
      waiting = waiting.filter((index) => (orders[index] ?? 0) > limit);
      for (const hit of hits) if (after === undefined || compareRanks(hit.rank, after) > 0) yield hit;
    }
  }

  return {
    count: kept.length,
    from,
    all: () => Array.from(kept, (index) => refOf(candidates, index)),
  };
}

/** The order up to which there are at least so many, or all. */
function limitOf(indices: Uint32Array, orders: Float64Array, count: number): number {
  if (indices.length <= count) return Infinity;
  const sorted = Float64Array.from(indices, (index) => orders[index] ?? 0).sort();
  return sorted[count] ?? Infinity;
}

function refOf({ segments, entries }: Candidates, index: number): EntryRef {
  return { segment: segments[index] ?? 0, entry: entries[index] ?? 0 };
}

function numbersOf({ wordsInName, wholeWords, nameUnits }: Candidates, index: number) {
  return {
    wordsInName: wordsInName[index] ?? 0,
    wholeWords: wholeWords[index] ?? 0,
    nameUnits: nameUnits[index] ?? 0,
  };
}

function placeOf(state: IndexState, { segment, entry }: EntryRef): Pick<Rank, 'path' | 'id'> {
  const live = state.segments[segment];
  if (live === undefined) return { path: '', id: '' };
  return { path: entryAt(live.segment, entry).path, id: state.viewPeer(peerOf(live, entry)).id };
}
