import { extname } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from '../../../runtime/collect-garbage.ts';
import { startThread } from '../../threads/operation-thread.ts';
import { createBufferPool } from './buffer-pool.ts';
import { openPartFile, type AssemblyTools, type PartFile, type PartToOpen } from './part-file.ts';

/** Between two downloads the thread and the buffers are kept so long. */
const IDLE_MS = 5_000;

/** What a download leaves behind outlives V8's space for short-lived objects: 2 to 3 MB a GiB, which V8 lets pile up to 40 MB. */
const COLLECT_BYTES = 2 * 1024 ** 3;
/** A larger heap takes longer than a moment, and makes little of that. */
const COLLECT_HEAP_BYTES = 64 * 1024 * 1024;

const EXTENSION = extname(import.meta.url);
const WORKER = new URL(`./assembly-worker${EXTENSION}`, import.meta.url);

/** Puts files together, all of them on the same thread, which runs while there is something to do. */
export type Assembler = {
  /**
   * Opens a partial file that exists.
   *
   * @param isReadSoon whether what is written is likely to be read again soon, by those who fetch it from here
   * @throws SwapmeetError `disk-error`
   */
  open(part: Omit<PartToOpen, 'file'>, isReadSoon?: () => boolean): Promise<PartFile>;
  /** Ends the thread. Call it when no file is open. */
  close(): Promise<void>;
};

function start(): AssemblyTools {
  const pool = createBufferPool();
  return { pool, thread: startThread(WORKER, pool.takeBack), onWritten: createTidier() };
}

/** Collects garbage each time that so many bytes were written. */
function createTidier(): (bytes: number) => void {
  let sinceBytes = 0;
  return (bytes) => {
    sinceBytes += bytes;
    if (sinceBytes < COLLECT_BYTES) return;
    sinceBytes = 0;
    if (getHeapStatistics().used_heap_size <= COLLECT_HEAP_BYTES) collectGarbage();
  };
}

export function createAssembler(): Assembler {
  let tools: AssemblyTools | undefined;
  let openCount = 0;
  let lastFile = 0;
  let idleTimer: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idleTimer);
    const ending = tools;
    tools = undefined;
    await ending?.thread.close();
  }

  function enter(): AssemblyTools {
    clearTimeout(idleTimer);
    openCount += 1;
    // The files of one that broke down fail, and are opened anew.
    if (tools?.thread.hasEnded()) void end();
    return (tools ??= start());
  }

  function leave(): void {
    openCount -= 1;
    if (openCount === 0) idleTimer = setTimeout(() => void end(), IDLE_MS).unref();
  }

  return {
    async open(toOpen, isReadSoon = () => false) {
      const used = enter();
      lastFile += 1;
      try {
        const part = await openPartFile(used, { ...toOpen, file: lastFile }, isReadSoon);
        return { ...part, close: () => part.close().finally(leave) };
      } catch (error) {
        leave();
        throw error;
      }
    },
    close: end,
  };
}
