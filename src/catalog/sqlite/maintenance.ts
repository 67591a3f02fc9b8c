import { setTimeout as sleep } from 'node:timers/promises';
import type { Resident } from '../segment/segment-file.ts';
import { chooseLargeMerge, chooseSmallMerge, type SegmentSize } from './index/merge-policy.ts';
import type { IndexerHandlers } from './indexer-thread.ts';
import type { Pins } from './publishing.ts';
import type { Thread } from './threads.ts';
import type { WriterHandlers } from './writer-thread.ts';

/** After so long without anything published, segments are merged that need not be. */
const REST_MS = 2_000;
/** Those who still look at the state before a merge have opened its files by then. */
const REMOVE_AFTER_MS = 10_000;

/** To look what there is to merge costs something too: many small lists may come at a time. */
const LOOK_EVERY_MS = 100;

type Indexer = Thread<IndexerHandlers>;
type MadeSegment = Exclude<Awaited<ReturnType<IndexerHandlers['mergeLive']>>, undefined>;
type Choose = (segments: readonly SegmentSize[], livingEntries: number) => readonly number[];

/** Keeps the segments few. */
export type Maintenance = Pins & {
  /** Whether lists of a segment are about to be put into effect. */
  readonly isHeld: (segment: number) => boolean;
  /** Resolves when no merge is under way any more; none is begun after. */
  close(): Promise<void>;
};

export function startMaintenance(options: {
  readonly writer: Thread<WriterHandlers>;
  /** Looks what there is to merge while its own thread is not there: most catalogs are so small that their mergers never start. */
  readonly builder: Indexer;
  /** One merges small segments, the other one large ones meanwhile: while that takes a minute, hundreds of small ones come. */
  readonly mergers: { readonly small: Indexer; readonly large: Indexer };
  /** The highest number that was given out so far. */
  readonly lastNumber: number;
  readonly share: (segment: number, resident: Resident) => Promise<void>;
  /** Threads that start from now on don’t look at the segment. */
  readonly forget: (segment: number) => void;
  readonly remove: (segment: number) => Promise<void>;
  /** Has all threads that read look at the segments anew: what they hold of former ones is memory. */
  readonly refresh: () => Promise<void>;
}): Maintenance {
  const { writer, builder, mergers, share, forget, remove, refresh } = options;
  /** Segments whose lists are not all in effect or kept yet. */
  const held = new Set<number>();
  const beingMerged = new Set<number>();
  const leftovers = new Set<number>();
  const merging = new Map<Indexer, Promise<void>>();
  let number = options.lastNumber;
  let closed = false;
  const pauses = new AbortController();
  let resting: NodeJS.Timeout | undefined;
  let publishings = 0;

  function nextNumber(): number {
    number += 1;
    return number;
  }

  async function discard(segment: number): Promise<void> {
    leftovers.add(segment);
    await remove(segment);
    leftovers.delete(segment);
  }

  function removeLater(segment: number): void {
    leftovers.add(segment);
    setTimeout(() => void discard(segment), REMOVE_AFTER_MS).unref();
  }

  async function mergeOnce(merger: Indexer, choose: Choose): Promise<boolean> {
    const { segments, livingEntries } = await (merger.isThere() ? merger : builder).call('sizes', []);
    // What was held until just now may lie in segments that were looked at before its lists were kept: the merger looks again.
    const keys = choose(
      segments.filter(({ key }) => !held.has(key) && !beingMerged.has(key)),
      livingEntries,
    );
    if (keys.length === 0 || closed) return false;
    for (const key of keys) beingMerged.add(key);
    try {
      // Nothing is shared before a thread has given its first answer: that should not take as long as a merge.
      if (!merger.isThere()) await merger.call('sizes', []);
      const made = await merger.call('mergeLive', [keys, nextNumber()]);
      if (made !== undefined) await install(made);
      return made !== undefined;
    } finally {
      for (const key of keys) beingMerged.delete(key);
    }
  }

  async function install({ resident, change, ...merged }: MadeSegment): Promise<void> {
    if (resident !== undefined) await share(merged.segment, resident);
    // If this fails, the transaction may have been made all the same: the next start removes the file that no row names.
    await writer.call('installMerge', [merged, change]);
    for (const { segment } of merged.from) forget(segment);
    await refresh();
    for (const { segment } of merged.from) removeLater(segment);
  }

  /** Merges until nothing is left to merge. What fails is tried again when something is published. */
  async function mergeAll(merger: Indexer, choose: Choose): Promise<void> {
    try {
      for (let seen = -1; !closed && seen !== publishings;) {
        seen = publishings;
        while (await mergeOnce(merger, choose));
        await sleep(LOOK_EVERY_MS, undefined, { signal: pauses.signal });
      }
    } catch {
      // A disk that is full, a thread that ended, or the end of all: the segments stay as many as they are.
    } finally {
      merging.delete(merger);
    }
  }

  function begin(merger: Indexer, choose: Choose): void {
    if (!closed && !merging.has(merger)) merging.set(merger, mergeAll(merger, choose));
  }

  function beginLarge(isResting: boolean): void {
    begin(mergers.large, (segments, livingEntries) => chooseLargeMerge(segments, livingEntries, isResting));
  }

  return {
    nextNumber,
    share,
    discard,
    isHeld: (segment) => held.has(segment),
    hold: async (segment, use) => {
      held.add(segment);
      try {
        return await use();
      } finally {
        held.delete(segment);
      }
    },
    published: () => {
      publishings += 1;
      clearTimeout(resting);
      resting = setTimeout(() => {
        beginLarge(true);
      }, REST_MS).unref();
      begin(mergers.small, chooseSmallMerge);
      beginLarge(false);
    },
    close: async () => {
      closed = true;
      clearTimeout(resting);
      pauses.abort();
      await Promise.all(merging.values());
      await Promise.all(Array.from(leftovers, remove));
    },
  };
}
