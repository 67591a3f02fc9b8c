import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import { createBatches } from './batches.ts';
import type { FileStamp } from './hashing/file-stamp.ts';
import type { FileHash, HashPool } from './hashing/hash-pool.ts';
import { diskOf, labelOf, placeOf, type Place } from './place.ts';
import { repeat } from './repeat.ts';
import type { ShareDefinition } from './share-definitions.ts';
import type { FilesToHash, FileToHash, HashedFile } from './store/files-to-hash.ts';
import { createWake } from '../wake.ts';

/** What was hashed of a share since there was nothing to find or hash. */
export type HashProgress = {
  readonly files: number;
  readonly bytes: number;
  /** Of the files that are being hashed. */
  readonly partBytes: number;
};

/** Hashes the files that the scanner found. */
export type HashQueue = {
  /** Works until the signal aborts; resolves when nothing runs any more. */
  readonly run: () => Promise<void>;
  /** To call when there may be more to hash. */
  readonly wake: () => void;
  readonly done: (label: string) => HashProgress;
  /** To call when a walk has ended. */
  readonly settle: () => void;
  /** Whether files wait that have not been tried yet. */
  readonly isBusy: () => boolean;
  /** Resolves when all files that were found up to this id have been tried. */
  readonly settled: (idMax: number) => Promise<void>;
};

export type HashQueueOptions = {
  readonly files: FilesToHash;
  readonly pool: Pick<HashPool, 'hash'>;
  /** By label. */
  readonly shares: ReadonlyMap<string, ShareDefinition>;
  readonly now: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onListChanged: () => void;
  /** To await before the database is written. */
  readonly room: () => Promise<void>;
  /** A file in the folder is not as it was found. */
  readonly onStale: (folder: Place) => void;
  /** All that was found has been tried. */
  readonly onSettled: () => void;
  /** Whether more may be found presently. */
  readonly isWalking: () => boolean;
};

/** Enough that small files share a message to the pool and a transaction, either of which costs more than their hash. */
const HASHES_AT_ONCE = 64;
const SETTLED_CHECK_MS = 200;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 300_000;

/** Failures that mean no more than that the file was removed, replaced or written after it was found. */
const NOT_AS_FOUND: ReadonlySet<ErrorCode> = new Set(['changed', 'not-found', 'bad-argument']);

/** When to try again, ms from now, a file that was tried in vain so often before. */
function retryMs(attempts: number): number {
  return Math.min(RETRY_MS_MIN * 2 ** attempts, RETRY_MS_MAX);
}

function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.inode === b.inode;
}

export function createHashQueue(options: HashQueueOptions): HashQueue {
  const { files, now, log, signal } = options;
  /** What is being hashed, by path, and how far it is in bytes. */
  const running = new Map<string, number>();
  const ends = new Set<Promise<void>>();
  const finished = createFinished();
  const store = createBatches(complete);
  const wake = createWake();
  const tried = createWake();
  const isStopped = (): boolean => signal.aborted;

  async function run(): Promise<void> {
    await repeat(() => wake.wait(startDue(), signal), 'the next files to hash could not be found', options);
    await Promise.all(ends);
  }

  /** Starts what is due as far as there is room. Returns after how many ms to look again, if time alone brings more. */
  function startDue(): number | undefined {
    for (const file of files.next(HASHES_AT_ONCE)) {
      if (running.size >= HASHES_AT_ONCE) break;
      if (running.has(file.path)) continue;
      const waitMs = file.dueMs - now();
      // A file is never due later than that, unless the clock was set back.
      if (waitMs > 0 && waitMs <= RETRY_MS_MAX) return waitMs;
      running.set(file.path, 0);
      const end = hashOne(file).finally(() => {
        running.delete(file.path);
        ends.delete(end);
        wake.wake();
      });
      ends.add(end);
    }
    return undefined;
  }

  async function hashOne(file: FileToHash): Promise<void> {
    try {
      const share = options.shares.get(labelOf(file.path));
      if (!share) throw new SwapmeetError('internal', `no share has the file ${file.path}`);
      const disk = diskOf(share, file.path, file.disk);
      const hash = await tryHash(file, disk);
      await options.room();
      if (isStopped()) return;
      if (hash && isSameStamp(hash, file.stamp)) await store({ file, hash });
      else postpone(file, placeOf(share, dirname(disk)));
    } catch (error) {
      // The database fails. Without a pause the same file would be next at once.
      log.error({ err: error }, 'the hash of a file could not be stored');
      await sleep(RETRY_MS_MIN, undefined, { signal }).catch(() => undefined);
    }
  }

  async function tryHash(file: FileToHash, disk: string): Promise<FileHash | undefined> {
    try {
      return await options.pool.hash(disk, { signal, onProgress: (bytes) => void running.set(file.path, bytes) });
    } catch (error) {
      const { code, message } = toSwapmeetError(error);
      if (!isStopped() && !NOT_AS_FOUND.has(code) && file.attempts === 0)
        log.warn({ path: disk }, `not shared for now: ${message}`);
      return undefined;
    }
  }

  function complete(hashed: readonly HashedFile[]): void {
    if (isStopped()) return;
    const stored = files.complete(hashed, now());
    for (const { file, hash } of stored) finished.add(labelOf(file.path), hash.sizeBytes);
    if (stored.length > 0) options.onListChanged();
    settle();
  }

  function postpone(file: FileToHash, folder: Place | undefined): void {
    files.postpone(file, now() + retryMs(file.attempts));
    if (folder) options.onStale(folder);
    settle();
  }

  function settle(): void {
    if (files.waitingCount() > 0) return;
    if (!options.isWalking()) finished.clear();
    tried.wake();
    options.onSettled();
  }

  return {
    run,
    wake: wake.wake,
    done(label) {
      let partBytes = 0;
      for (const [path, bytesDone] of running) if (labelOf(path) === label) partBytes += bytesDone;
      return { ...finished.of(label), partBytes };
    },
    settle,
    isBusy: () => files.waitingCount() > 0,
    async settled(idMax) {
      while (files.isWaiting(idMax)) await tried.wait(SETTLED_CHECK_MS, signal);
    },
  };
}

/** Files hashed, by the share's label. */
function createFinished() {
  const progress = new Map<string, { readonly files: number; readonly bytes: number }>();
  const of = (label: string) => progress.get(label) ?? { files: 0, bytes: 0 };
  return {
    of,
    add(label: string, sizeBytes: number): void {
      const { files, bytes } = of(label);
      progress.set(label, { files: files + 1, bytes: bytes + sizeBytes });
    },
    clear: (): void => {
      progress.clear();
    },
  };
}
