import { extname } from 'node:path';
import { contentsReply, type FindPage } from '../../protocol/codecs/find.ts';
import { lockDataFolder } from '../../storage/data-folder-lock.ts';
import { scopeOf } from '../address-scope.ts';
import { createAnswerCache, type AnswerCache } from '../answer-cache.ts';
import type { Catalog } from '../catalog.ts';
import { createNetworkCounts } from '../network-counts.ts';
import { createQueryLanes, QUICK_MS } from '../query-lanes.ts';
import { createStopFlag } from '../query-pass.ts';
import type { Resident } from '../segment/segment-file.ts';
import { openSegmentFiles, type SegmentFiles } from './index/segment-files.ts';
import { createResidentSharing, type ThreadData } from './index/shared-residents.ts';
import type { IndexerHandlers } from './indexer-thread.ts';
import { startMaintenance } from './maintenance.ts';
import { createMending, type Damage } from './mending.ts';
import { finishBeforeClosing } from './finish-before-closing.ts';
import { createPublishing } from './publishing.ts';
import type { ReaderHandlers } from './reader-thread.ts';
import { createThread, type Thread, type ThreadOptions } from './threads.ts';
import type { WriterHandlers } from './writer-thread.ts';

type Reader = Thread<ReaderHandlers>;

/** Changes that wait for the disk together. */
const CHANGES_TOGETHER_MAX = 256;
/** Lookups that are answered together: each takes a few microseconds, and so does the way to the thread and back. */
const LOOKUPS_TOGETHER_MAX = 32;
/** Threads that are not needed all the time end after so long without work: each takes 20 MB at least, and what its work left. */
const IDLE_MS = 30_000;

export type CatalogOptions = {
  /** The data folder, made where it is missing and kept for this process until `close`. */
  readonly folder: string;
  /** Is told of what was damaged on the disk, also before the catalog is open. */
  readonly onDamage?: (damage: Damage) => void;
};

/**
 * Opens the embedded catalog: an SQLite database of accounts and lists, and segments with the entries, written by threads of
 * their own and read by others, none of them the caller's.
 *
 * @throws SwapmeetError `already-running` when another process has the folder; `disk-error`
 */
export async function openSqliteCatalog({ folder, onDamage = () => undefined }: CatalogOptions): Promise<Catalog> {
  const lock = lockDataFolder(folder);
  const sharing = createResidentSharing(folder);
  const share = async (key: number, resident: Resident): Promise<void> => {
    // A thread that starts was told of what was shared before, and hears of what is once it listens.
    await Promise.all(Object.values(threads).map((thread) => thread.started()));
    sharing.share(key, resident);
  };
  let report = (_segment: number): void => undefined;
  const threads = createThreads(sharing.data, (segment) => {
    report(segment);
  });
  const closeThreads = async (): Promise<void> => {
    await Promise.all(Object.values(threads).map((thread) => thread.close()));
    sharing.close();
  };
  try {
    const { builder, smallMerger, largeMerger, lookup, quick, slow } = threads;
    const answers = createAnswerCache();
    const writer = clearing(threads.writer, answers);
    const lastNumber = await writer.call('open', []);
    const files = openSegmentFiles(folder, { get: () => undefined });
    const remove = (segment: number): Promise<void> => {
      sharing.forget(segment);
      return files.remove(segment);
    };
    const refresh = async (): Promise<void> => {
      const refreshed: readonly Refreshed[] = [builder, smallMerger, largeMerger, lookup, quick, slow];
      await Promise.all(refreshed.filter((each) => each.isThere()).map((each) => each.call('refresh', [])));
    };
    const maintenance = startMaintenance({
      writer,
      builder,
      mergers: { small: smallMerger, large: largeMerger },
      lastNumber,
      share,
      forget: sharing.forget,
      remove,
      refresh,
    });
    const { isHeld } = maintenance;
    const mending = createMending({ writer, builder, isHeld, onDamage, refresh, remove });
    ({ report } = mending);
    await prepareSegments(files, threads, share, mending.isMended);
    const publishing = finishBeforeClosing(createPublishing({ writer, builder, lookup }, maintenance));
    return {
      ...publishing.methods,
      ...writing(writer, maintenance.published),
      ...keepingSessions(threads.writer, answers),
      ...reading(lookup),
      ...searching({ quick, slow }, answers),
      network: createNetworkCounts({
        quickly: (nowMs) => quick.call('network', [nowMs, { stop: createStopFlag(), withinMs: QUICK_MS }]),
        accounts: (nowMs) => lookup.call('accountTotals', [nowMs]),
        count: async () => {
          // As before a merge: the first answer comes soon.
          if (!largeMerger.isThere()) await largeMerger.call('keys', []);
          return largeMerger.call('countContents', []);
        },
      }),
      close: async () => {
        // A merge that is under way may take long, and can be made again.
        const merged = maintenance.close();
        await publishing.finish();
        await closeThreads();
        await merged;
        // What a merge leaves is removed by now: the folder is another process's from here on.
        lock.release();
      },
    };
  } catch (error) {
    await closeThreads();
    lock.release();
    throw error;
  }
}

/** A thread that follows what segments there are. */
type Refreshed = Thread<{ refresh: () => void }>;

type Threads = ReturnType<typeof createThreads>;

/** What takes long has a thread of its own, for others not to wait for it; so have queries, which may. */
function createThreads(data: ThreadData, onDamage: (segment: number) => void) {
  const indexer = (options: ThreadOptions = {}): Thread<IndexerHandlers> =>
    createThread(workerModule('indexer-thread'), data, { onDamage, ...options });
  const reader = (options: ThreadOptions = {}): Reader =>
    createThread(workerModule('reader-thread'), data, { onDamage, ...options });
  return {
    writer: createThread<WriterHandlers>(
      workerModule('writer-thread'),
      { folder: data.folder },
      { callsTogether: CHANGES_TOGETHER_MAX },
    ),
    builder: indexer(),
    smallMerger: indexer({ idleMs: IDLE_MS }),
    largeMerger: indexer({ idleMs: IDLE_MS }),
    lookup: reader({ callsTogether: LOOKUPS_TOGETHER_MAX }),
    quick: reader(),
    slow: reader({ idleMs: IDLE_MS }),
  };
}

function workerModule(name: string): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}

/** Removes what a process before left unfinished, and reads once, for all threads, what is held in memory of large segments. */
async function prepareSegments(
  files: SegmentFiles,
  threads: Threads,
  share: (key: number, resident: Resident) => Promise<void>,
  isMended: (segment: number) => Promise<boolean>,
): Promise<void> {
  const { builder, lookup, quick, largeMerger } = threads;
  const keys = await builder.call('keys', []);
  files.sweep(new Set(keys));
  // An empty catalog is open at once; who asks first needs not wait either. Threads say at the next call if they can’t.
  Promise.all([lookup, quick].map((thread) => thread.call('findKey', ['']))).catch(() => undefined);
  for (const key of keys) {
    const resident = await largeMerger.call('readResident', [key]).catch(async (error: unknown) => {
      if (await isMended(key)) return undefined;
      throw error;
    });
    if (resident !== undefined) await share(key, resident);
  }
}

/** The writer, whose changes answers no longer hold after. Whoever is told of one gets no answer from before it. */
function clearing(writer: Thread<WriterHandlers>, answers: AnswerCache): Thread<WriterHandlers> {
  const clear = (): void => {
    answers.clear();
  };
  return { ...writer, call: (...call) => writer.call(...call).finally(clear) };
}

function writing(writer: Thread<WriterHandlers>, published: () => void) {
  return {
    endAllSessions: () => writer.call('endAllSessions', []),
    clockSet: (byMs, nowMs) => writer.call('clockSet', [byMs, nowMs]),
    expire: async (nowMs) => {
      const ids = await writer.call('expire', [nowMs]);
      if (ids.length > 0) published();
      return ids;
    },
  } satisfies Partial<Catalog>;
}

/** Sessions: most of what is told of them changes no answer. */
function keepingSessions(writer: Thread<WriterHandlers>, answers: AnswerCache) {
  return {
    beginSession: (session, nowMs) => answers.clearAfter(writer.call('beginSession', [session, nowMs])),
    setAddress: (id, address) => answers.clearAfter(writer.call('setAddress', [id, address])),
    touch: (id, nowMs) => answers.clearAfter(writer.call('touch', [id, nowMs])),
    endSession: (id, options) => answers.clearAfter(writer.call('endSession', [id, options])),
  } satisfies Partial<Catalog>;
}

function reading(reader: Reader) {
  return {
    findByUsername: (username) => reader.call('findByUsername', [username]),
    findById: (id) => reader.call('findById', [id]),
    listsInEffect: () => reader.call('listsInEffect', []),
    findSession: (id) => reader.call('findSession', [id]),
    listPeers: (filter, page, nowMs) => reader.call('listPeers', [filter, page, nowMs]),
  } satisfies Partial<Catalog>;
}

function searching({ quick, slow }: { readonly quick: Reader; readonly slow: Reader }, answers: AnswerCache) {
  const lanes = createQueryLanes({ quick, slow });
  const findReply: Catalog['findReply'] = (query, page, viewer, nowMs, signal) => {
    const ask = () => lanes.run((lane, pass) => lane.call('find', [query, page, viewer, nowMs, pass]), signal);
    return signal?.aborted
      ? ask().then(({ payload }) => payload)
      : answers.answer(keyOf(query, page, viewer), nowMs, ask);
  };
  return {
    search: (query, page, nowMs, signal) =>
      lanes.run((lane, pass) => lane.call('search', [query, page, nowMs, pass]), signal),
    find: async (query, page, nowMs, signal) =>
      contentsReply.decode(Buffer.from(await findReply(query, page, undefined, nowMs, signal))),
    findReply,
    sources: (sha1, root, nowMs, reach) =>
      lanes.run((lane, pass) => lane.call('sources', [sha1, root, nowMs, reach, pass])),
    browse: (id, path, page, signal) => lanes.run((lane, pass) => lane.call('browse', [id, path, page, pass]), signal),
    folder: (id, path, page, signal) => lanes.run((lane, pass) => lane.call('folder', [id, path, page, pass]), signal),
  } satisfies Partial<Catalog>;
}

/** All that two answers to FIND may differ in: of who asks, it is how far away. */
function keyOf(
  query: string,
  { after, limit, holders, matches, reach, facets }: FindPage,
  viewer: string | undefined,
): string {
  return JSON.stringify([
    query,
    after,
    limit,
    holders,
    matches,
    reach,
    facets,
    viewer === undefined ? '' : scopeOf(viewer),
  ]);
}
