import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Outcome, TaskMessage } from './tasks.ts';

const WORKER_URL = new URL('./hash-worker' + extname(import.meta.url), import.meta.url);

/** A thread costs some 12 MB; between scans there is to be none. */
const IDLE_MS = 5_000;

/**
 * A thread that takes one batch at a time. It starts with a batch and ends by itself when none comes for a while.
 *
 * Not piscina (5.3): a task there waits for ever when a thread cannot start, as under a limit on processes; its abort
 * terminates the thread, open file and all; and as small files have to go in batches, its queue would stay unused.
 */
export type HashThread = {
  /**
   * The outcomes of the first tasks of the batch, see `runTasks`. What each results in is known to who made the task.
   * Rejects when the thread cannot start or dies; the next batch gets a new one.
   */
  readonly run: (batch: readonly TaskMessage[]) => Promise<Outcome<never>[]>;
  /** Ends the thread; to be called when no batch is under way. */
  readonly end: () => Promise<void>;
};

/** @param pace shared with the worker, see pace.ts */
export function createHashThread(pace: SharedArrayBuffer): HashThread {
  let worker: Worker | undefined;
  let idleTimer: NodeJS.Timeout | undefined;

  function startWorker(): Worker {
    const started = new Worker(WORKER_URL, { workerData: pace });
    started.on('error', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  async function end(): Promise<void> {
    clearTimeout(idleTimer);
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  }

  async function run(batch: readonly TaskMessage[]): Promise<Outcome<never>[]> {
    clearTimeout(idleTimer);
    worker ??= startWorker();
    const current = worker;
    current.ref();
    try {
      current.postMessage(batch);
      const [outcomes] = (await once(current, 'message')) as [Outcome<never>[]];
      return outcomes;
    } finally {
      current.unref();
      idleTimer = setTimeout(() => void end(), IDLE_MS).unref();
    }
  }

  return { run, end };
}
