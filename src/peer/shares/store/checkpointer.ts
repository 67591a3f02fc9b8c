import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Logger } from 'pino';

/**
 * Moves what is committed from the write-ahead log into the database, on a thread of its own: that waits for the disk, which
 * may take seconds, and SQLite left to itself does it in any commit.
 */
export type Checkpointer = {
  /** To await before many writes: resolves when the log has room, which is at once unless the disk can't keep up. */
  readonly room: () => Promise<void>;
  /** Ends the thread. */
  readonly close: () => Promise<void>;
};

const WORKER_URL = new URL('./checkpoint-worker' + extname(import.meta.url), import.meta.url);
const CHECK_MS = 1_000;
/** Writers wait when the log has grown beyond that many pages (64 MiB of them), until all of it is in the database. */
const LOG_PAGES_MAX = 16_384;
/** SQLite's own. */
const AUTO_PAGES = 1_000;
const YOUNG_GENERATION_MB = 4;

export function createCheckpointer(
  database: Database.Database,
  log: Logger,
  { checkMs = CHECK_MS, logPagesMax = LOG_PAGES_MAX } = {},
): Checkpointer {
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck();
  const stop = new AbortController();
  const isStopped = (): boolean => stop.signal.aborted;
  let worker: Worker | undefined;
  let room: PromiseWithResolvers<undefined> | undefined;
  database.pragma('wal_autocheckpoint = 0');

  /** Returns how many pages the log has, in all. */
  async function checkpoint(): Promise<number> {
    worker ??= startWorker(database.name);
    worker.postMessage(undefined);
    const [logPages] = (await once(worker, 'message')) as [number];
    return logPages;
  }

  async function run(): Promise<void> {
    let done = changes.get();
    while (!isStopped()) {
      await sleep(checkMs, undefined, { signal: stop.signal, ref: false });
      const seen = changes.get();
      if (seen === done) continue;
      if ((await checkpoint()) > logPagesMax) await emptyLog();
      done = seen;
    }
  }

  /** Only a commit that finds all of the log in the database begins it anew, and while somebody always writes none does. */
  async function emptyLog(): Promise<void> {
    room = Promise.withResolvers();
    await checkpoint();
    giveRoom();
  }

  function giveRoom(): void {
    room?.resolve(undefined);
    room = undefined;
  }

  const running = run().catch((err: unknown) => {
    giveRoom();
    if (isStopped()) return;
    log.warn({ err }, 'the database of shares is written on the main thread from now on, which may be felt');
    database.pragma(`wal_autocheckpoint = ${AUTO_PAGES}`);
  });

  return {
    room: async () => room?.promise,
    async close() {
      stop.abort();
      await running;
      await worker?.terminate();
    },
  };
}

function startWorker(file: string): Worker {
  const worker = new Worker(WORKER_URL, {
    workerData: file,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  worker.unref();
  return worker;
}
