import { extname } from 'node:path';
import { startThread } from '../../threads/operation-thread.ts';
import { createBufferPool } from './buffer-pool.ts';
import { openPartFile, type AssemblyThreads, type PartFile, type PartToOpen } from './part-file.ts';

/** Between two downloads the threads and the buffers are kept so long. */
const IDLE_MS = 5_000;

const EXTENSION = extname(import.meta.url);
const PIECE_WORKER = new URL(`./piece-worker${EXTENSION}`, import.meta.url);
const SHA1_WORKER = new URL(`./sha1-worker${EXTENSION}`, import.meta.url);

/** Puts files together, all of them on the same two threads, which run while there is something to do. */
export type Assembler = {
  /** Opens a partial file that exists. @throws SwapmeetError `disk-error` */
  open(part: Omit<PartToOpen, 'file'>): Promise<PartFile>;
  /** Ends the threads. Call it when no file is open. */
  close(): Promise<void>;
};

function startThreads(): AssemblyThreads {
  const pool = createBufferPool();
  return { pool, pieces: startThread(PIECE_WORKER, pool.takeBack), sha1: startThread(SHA1_WORKER) };
}

function haveEnded({ pieces, sha1 }: AssemblyThreads): boolean {
  return pieces.hasEnded() || sha1.hasEnded();
}

export function createAssembler(): Assembler {
  let threads: AssemblyThreads | undefined;
  let openCount = 0;
  let lastFile = 0;
  let idleTimer: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idleTimer);
    const ending = threads;
    threads = undefined;
    await Promise.all([ending?.pieces.close(), ending?.sha1.close()]);
  }

  function enter(): AssemblyThreads {
    clearTimeout(idleTimer);
    openCount += 1;
    // One that broke down takes the other with it: its files fail, and are opened anew.
    if (threads && haveEnded(threads)) void end();
    return (threads ??= startThreads());
  }

  function leave(): void {
    openCount -= 1;
    if (openCount === 0) idleTimer = setTimeout(() => void end(), IDLE_MS).unref();
  }

  return {
    async open(toOpen) {
      const used = enter();
      lastFile += 1;
      try {
        const part = await openPartFile(used, { ...toOpen, file: lastFile });
        return { ...part, close: () => part.close().finally(leave) };
      } catch (error) {
        leave();
        throw error;
      }
    },
    close: end,
  };
}
