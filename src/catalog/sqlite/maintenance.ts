import { chooseMerge } from './index/merge-policy.ts';
import type { Resident } from '../segment/segment-file.ts';
import type { IndexerHandlers } from './indexer-thread.ts';
import type { Pins } from './publishing.ts';
import type { Thread } from './threads.ts';
import type { WriterHandlers } from './writer-thread.ts';

/** After so long without anything published, segments are merged that need not be. */
const REST_MS = 2_000;
/** Those who still look at the state before a merge have opened its files by then. */
const REMOVE_AFTER_MS = 10_000;

type MadeSegment = Exclude<Awaited<ReturnType<IndexerHandlers['mergeLive']>>, undefined>;

/** Keeps the segments few. */
export type Maintenance = Pins & {
  /** Resolves when no merge is under way any more; none is begun after. */
  close(): Promise<void>;
};

export function startMaintenance(options: {
  readonly writer: Thread<WriterHandlers>;
  readonly merger: Thread<IndexerHandlers>;
  /** The highest number that was given out so far. */
  readonly lastNumber: number;
  readonly share: (segment: number, resident: Resident) => void;
  readonly remove: (segment: number) => void;
  /** Has all threads that read look at the segments anew: what they hold of former ones is memory. */
  readonly refresh: () => Promise<void>;
}): Maintenance {
  const { writer, merger, share, remove, refresh } = options;
  const held = new Set<number>();
  const leftovers = new Set<number>();
  let number = options.lastNumber;
  let closed = false;
  let resting: NodeJS.Timeout | undefined;
  let merging: Promise<void> | undefined;
  let publishings = 0;

  function nextNumber(): number {
    number += 1;
    return number;
  }

  function removeLater(segment: number): void {
    leftovers.add(segment);
    setTimeout(() => {
      leftovers.delete(segment);
      remove(segment);
    }, REMOVE_AFTER_MS).unref();
  }

  async function mergeOnce(isResting: boolean): Promise<boolean> {
    const { segments, livingEntries } = await merger.call('sizes', []);
    // What is held now may have been settled since, so that its lists were neither in effect nor being sent: both are looked at.
    const keys = chooseMerge(
      segments.filter(({ key }) => !held.has(key)),
      livingEntries,
      isResting,
    );
    if (keys.length === 0 || closed) return false;
    const made = await merger.call('mergeLive', [keys, nextNumber()]);
    if (made === undefined) return false;
    await install(made);
    return true;
  }

  async function install({ resident, change, ...merged }: MadeSegment): Promise<void> {
    if (resident !== undefined) share(merged.segment, resident);
    try {
      await writer.call('installMerge', [merged, change]);
    } catch (error) {
      remove(merged.segment);
      throw error;
    }
    await refresh();
    for (const { segment } of merged.from) removeLater(segment);
  }

  /** Merges until nothing is left to merge. What fails is tried again when something is published. */
  async function mergeAll(isResting: boolean): Promise<void> {
    try {
      for (let seen = -1; !closed && seen !== publishings;) {
        seen = publishings;
        while (await mergeOnce(isResting));
      }
    } catch {
      // A disk that is full, or a thread that ended: the segments stay as many as they are.
    } finally {
      merging = undefined;
    }
  }

  function begin(isResting: boolean): void {
    if (!closed) merging ??= mergeAll(isResting);
  }

  return {
    nextNumber,
    discard: remove,
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
        begin(true);
      }, REST_MS).unref();
      begin(false);
    },
    close: async () => {
      closed = true;
      clearTimeout(resting);
      await merging;
      for (const segment of leftovers) remove(segment);
    },
  };
}
