import type { IndexState } from '../../query/index-state.ts';
import { giveWay } from '../../../runtime/thread-priority.ts';
import { countContents } from '../../query/network-totals.ts';
import { hasBit } from '../../segment/bits.ts';
import { extentOfList, sizeOfEntry } from '../../segment/segment.ts';
import type { Database } from '../database.ts';
import { storeLists, type ListToStore } from './building.ts';
import { storeChanges } from './changing.ts';
import type { IndexReader } from './index-reader.ts';
import { joinParts } from './joining.ts';
import type { SegmentSize } from './merge-policy.ts';
import { mergeable, mergeLive } from './merging.ts';
import type { SegmentFiles } from './segment-files.ts';

/** What takes long of publishing: done on threads of its own, so that neither accounts nor queries wait for it. */
export function createIndexer(database: Database, files: SegmentFiles, index: IndexReader) {
  const lastDead = database.prepare<[], number>('SELECT coalesce(max(change), 0) FROM dead').pluck();
  const living = database.prepare<[], number>('SELECT coalesce(sum(files), 0) FROM peer').pluck();
  const sizes = database.prepare<[], SegmentSize>('SELECT key, entries FROM segment');
  const uploads = database.prepare<[], number>('SELECT list FROM upload').pluck();
  /** The database as it is at one moment; what is done with it after that takes its time. */
  const look = <T>(read: () => T): T => database.transaction(read)();
  const state = (): IndexState => look(() => index.whole());
  const lookAtMergeable = () =>
    look(() => {
      const now = index.whole();
      return { state: now, segments: mergeable(now, new Set(uploads.all())), change: lastDead.get() ?? 0 };
    });
  return {
    /** Opens the segments that are new, and closes those that are gone. */
    refresh: (): void => {
      state();
    },
    /** Stores lists, and reads once, for all threads, what is held in memory of their segment. */
    storeLists: (segment: number, lists: readonly ListToStore[]) => {
      // Whoever searches waits for each answer, whoever publishes for the end alone.
      giveWay();
      const stored = storeLists(files, segment, lists);
      return { ...stored, resident: stored.entries === 0 ? undefined : files.readResident(segment) };
    },
    storeChanges: (changes: Parameters<typeof storeChanges>[2]) => storeChanges(files, state(), changes),
    /** What a peer’s list in effect adds up to. */
    totalsOf: (peer: number) => totalsOf(state(), peer),
    joinParts: (list: number) => joinParts(state(), list),
    /** Merges what may be merged of the segments; undefined where that is nothing. */
    mergeLive: (keys: readonly number[], segment: number) => {
      giveWay();
      const { state: now, segments, change } = lookAtMergeable();
      const chosen = segments.filter(({ key }) => keys.includes(key));
      if (chosen.length === 0) return undefined;
      return { ...mergeLive(files, now, chosen, segment), change };
    },
    /** What there is to merge. */
    sizes: (): { readonly segments: readonly SegmentSize[]; readonly livingEntries: number } =>
      look(() => {
        const keys = new Set(mergeable(index.whole(), new Set(uploads.all())).map(({ key }) => key));
        return { segments: sizes.all().filter(({ key }) => keys.has(key)), livingEntries: living.get() ?? 0 };
      }),
    countContents: () =>
      countContents(
        look(() => index.state()),
        () => undefined,
      ),
    /** The keys of all segments that are in use. */
    keys: () => sizes.all().map(({ key }) => key),
    readResident: (key: number) => files.readResident(key),
    listsIn: (key: number) => files.listsIn(key),
  };
}

function totalsOf(state: IndexState, peer: number): { readonly files: number; readonly sizeBytes: bigint } {
  let files = 0;
  let sizeBytes = 0n;
  for (const { segment, dead } of state.segments) {
    for (let list = 0; list < segment.listCount; list += 1) {
      if (segment.listPeers[list] !== peer || !state.isCurrent(peer, segment.listNumbers[list] ?? 0)) continue;
      const { entry: first, entriesEnd } = extentOfList(segment, list);
      for (let entry = first; entry < entriesEnd; entry += 1) {
        if (hasBit(dead, entry)) continue;
        files += 1;
        sizeBytes += BigInt(sizeOfEntry(segment, entry));
      }
    }
  }
  return { files, sizeBytes };
}
