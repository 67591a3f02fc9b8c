import type Database from 'better-sqlite3';
import type { Logger } from 'pino';
import type { SharePatterns } from './filter/patterns.ts';
import { createShareFilter } from './filter/share-filter.ts';
import { createDirtyFolders, type DirtyFolders } from './dirty-folders.ts';
import { createHashQueue, type HashQueue } from './hash-queue.ts';
import type { HashPool } from './hashing/hash-pool.ts';
import { createRevisions, type Revisions } from './revisions.ts';
import type { ShareDefinition } from './share-definitions.ts';
import { createCheckpointer } from './store/checkpointer.ts';
import { createFilesToHash } from './store/files-to-hash.ts';
import { createFoundFiles } from './store/found-files.ts';
import { createRetiredFiles } from './store/retired-files.ts';
import type { SharesNow } from './summaries.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';
import { createWatchedShare } from './watched-share.ts';

/** What keeps the database in line with the disk, at work. */
export type ShareWork = SharesNow & {
  readonly dirty: DirtyFolders;
  readonly revisions: Revisions;
  readonly queue: HashQueue;
  readonly upkeep: Upkeep;
  /** Ends it; resolves when nothing runs any more. */
  readonly close: () => Promise<void>;
};

type WorkOptions = {
  readonly database: Database.Database;
  readonly shares: readonly ShareDefinition[];
  readonly patterns: SharePatterns;
  readonly hashPool: Pick<HashPool, 'hash'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
};

/** Puts the parts together: the scanners find, the queue hashes what was found, the upkeep says when to look again. */
export function startWork({ database, shares, patterns, hashPool, log, ...options }: WorkOptions): ShareWork {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const dirty = createDirtyFolders();
  const revisions = createRevisions(() => queue.isBusy() || upkeep.isWalking());
  const checkpointer = createCheckpointer(database, log);
  const common = { now: Date.now, log, signal, onListChanged: revisions.bump, room: checkpointer.room };
  const queue = createHashQueue({
    ...common,
    files: createFilesToHash(database),
    shares: new Map(shares.map((share) => [share.label, share])),
    pool: hashPool,
    onStale: dirty.mark,
    onSettled: revisions.calm,
    isWalking: () => upkeep.isWalking(),
  });
  const found = createFoundFiles(database);
  const watched = shares.map((share) => {
    const filter = createShareFilter(share, patterns);
    return createWatchedShare({ ...common, share, filter, found, onFound: queue.wake }, dirty);
  });
  const retired = createRetiredFiles(database);
  const onWalked = (): void => {
    queue.settle();
    revisions.calm();
  };
  const upkeep = createUpkeep({ ...common, watched, dirty, retired, onWalked });
  const running = Promise.all([queue.run(), upkeep.run()]);

  async function close(): Promise<void> {
    stop.abort();
    for (const share of watched) share.close();
    await running;
    await checkpointer.close();
  }

  return {
    dirty,
    revisions,
    queue,
    upkeep,
    done: queue.done,
    isLooking: upkeep.isLooking,
    faultOf: upkeep.faultOf,
    isWatched: (label) => watched.find(({ share }) => share.label === label)?.isWatched() !== false,
    close,
  };
}
