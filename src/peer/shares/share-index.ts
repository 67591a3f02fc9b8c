import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { diskFailure } from '../../storage/disk-failure.ts';
import type { ShareSummary } from '../control.ts';
import type { Publication } from '../link/published-list.ts';
import type { SharedContent, SharedFile } from '../uploads/shared-file.ts';
import type { SharePatterns } from './filter/patterns.ts';
import type { HashPool } from './hashing/hash-pool.ts';
import { findFiles, findLayer } from './lookup.ts';
import { placeOf } from './place.ts';
import { retire } from './retire.ts';
import { checkShares } from './check-shares.ts';
import type { ShareDefinition } from './share-definitions.ts';
import { startWork, type ShareWork } from './share-work.ts';
import { createFoundFiles } from './store/found-files.ts';
import { openShareDatabase } from './store/open-database.ts';
import { createPublication } from './store/publication.ts';
import { createCheckedFiles } from './store/checked-files.ts';
import { createRepairParts } from './store/repair-parts.ts';
import { createSharedFiles } from './store/shared-files.ts';
import { summarise } from './summaries.ts';
import { openVerification, type Verification } from './verify/verification.ts';

/** All files that a peer shares, as they are on disk. */
export type ShareIndex = Verification & {
  /**
   * Looks at everything; resolves when all files that were there are hashed and listed, but for those that can't be read
   * or don't rest. From the first scan on changes are followed.
   *
   * @throws SwapmeetError `disk-error`, `disk-full` where the database can't be written
   */
  scan(): Promise<void>;
  /**
   * The published list, or what of it comes after a path, in order of the paths' UTF-8 bytes: files whose hash is that of
   * what is on disk. Before the first scan it is that of the last run. Between two entries the caller may await; what changed
   * meanwhile shows from there on.
   */
  entries(after?: string): Iterable<Entry>;
  /** What the server is known to have of the list. */
  readonly publication: Publication;
  /** Grows with every change of the list, from 0 at the start of the process. */
  revision(): number;
  /**
   * Resolves with the revision once it is greater than the given and the changes have calmed down: 300 ms after the last,
   * at most 2 s after the first; while files are being hashed, every 3 s. Rejects with the signal's reason.
   */
  changed(sinceRevision: number, signal: AbortSignal): Promise<number>;
  /** A file with this content (and root, if given; lower-case hex), or undefined where none is shared. */
  find(sha1: string, root?: string): SharedFile | undefined;
  /** The same for many at once, which costs little more than for one. */
  findAll(contents: readonly SharedContent[]): readonly (SharedFile | undefined)[];
  /** The hashes of the file's pieces, 32 bytes each in order; undefined where the content is not shared any more. */
  pieceLayer(file: SharedFile): Uint8Array | undefined;
  /** To call when a file is gone or not the one that was hashed: takes it out at once, and looks at it anew. */
  recheck(file: SharedFile): void;
  /** In the order of the definitions. */
  summaries(): readonly ShareSummary[];
  /** Resolves when nothing runs any more. */
  close(): Promise<void>;
};

export type ShareIndexOptions = {
  /** The database's file. */
  readonly database: string;
  readonly shares: readonly ShareDefinition[];
  readonly patterns: SharePatterns;
  readonly hashPool: Pick<HashPool, 'hash' | 'verifyPieces'>;
  readonly log: Logger;
  /** Ends all background work, as `close` does. */
  readonly signal: AbortSignal;
};

/**
 * Opens the index of what a peer shares.
 *
 * @throws SwapmeetError `bad-argument` when a share can't be as it is wanted; `disk-error`, `disk-full`
 */
export async function openShareIndex(options: ShareIndexOptions): Promise<ShareIndex> {
  const shares = await checkShares(options.shares);
  const database = openShareDatabase(options.database, options.log);
  try {
    await retire(database, shares, options.patterns);
    const work = startWork({ ...options, database, shares });
    return { ...createIndex(options, database, shares, work), scan: () => scan(work, database, options.database) };
  } catch (error) {
    database.close();
    throw diskFailure(error, options.database);
  }
}

function createIndex(
  options: ShareIndexOptions,
  database: Database.Database,
  shares: readonly ShareDefinition[],
  work: ShareWork,
): Omit<ShareIndex, 'scan'> {
  const listed = createSharedFiles(database);
  const byLabel = new Map(shares.map((share) => [share.label, share]));

  function recheck(disk: string): void {
    for (const share of shares) {
      const place = placeOf(share, disk);
      const folder = placeOf(share, dirname(disk));
      if (!place || !folder) continue;
      if (listed.remove(place.path)) work.revisions.bump();
      work.dirty.mark(folder);
    }
  }

  return {
    entries: listed.entries,
    publication: createPublication(database),
    revision: work.revisions.current,
    changed: work.revisions.changed,
    find: (sha1, root) => findFiles(listed, byLabel, [{ sha1, root }])[0],
    findAll: (contents) => findFiles(listed, byLabel, contents),
    pieceLayer: (file) => findLayer(listed, file),
    recheck: ({ absolutePath }) => {
      recheck(absolutePath);
    },
    ...openVerification({
      files: createCheckedFiles(database),
      pool: options.hashPool,
      shares: byLabel,
      layerOf: (file) => findLayer(listed, file),
      now: Date.now,
      log: options.log,
      onListChanged: work.revisions.bump,
      onStale: recheck,
      repairParts: createRepairParts(database),
    }),
    summaries: () => summarise(shares, listed.tallies(), work),
    async close() {
      await work.close();
      database.close();
    },
  };
}

async function scan(work: ShareWork, database: Database.Database, file: string): Promise<void> {
  const found = createFoundFiles(database);
  try {
    await work.upkeep.walkAll();
    await work.queue.settled(found.lastId());
  } catch (error) {
    throw diskFailure(error, file);
  }
}
