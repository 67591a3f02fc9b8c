import type { FileHandle } from 'node:fs/promises';

/** So much is written before it is sent to the disk: else the system keeps gigabytes back, and the last step takes long. */
const FLUSH_BYTES = 32 * 1024 * 1024;

/** Gets a file onto the disk while it is being written. */
export type Flusher = {
  /** So many bytes more were written. @throws the error of an earlier flush: it tells it only once, and what it lost is unknown */
  wrote(bytes: number): void;
  /** Resolves when all is on the disk. */
  flush(): Promise<void>;
};

export function createFlusher(handle: FileHandle): Flusher {
  let unflushedBytes = 0;
  let flushing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  function throwFailure(): void {
    if (failure) throw failure.error;
  }

  async function flushNow(): Promise<void> {
    unflushedBytes = 0;
    try {
      await handle.datasync();
    } catch (error) {
      failure ??= { error };
    } finally {
      flushing = undefined;
    }
  }

  return {
    wrote(bytes) {
      throwFailure();
      unflushedBytes += bytes;
      if (unflushedBytes >= FLUSH_BYTES) flushing ??= flushNow();
    },
    async flush() {
      await flushing;
      await flushNow();
      throwFailure();
    },
  };
}
