import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from '../../../storage/errno.ts';

const writeTo = promisify(write);

/** What a direct write's place, length and memory are multiples of: no disk has larger sectors. */
const SECTOR_BYTES = 4096;
/** What a file system says that does not do it after all, or not from this memory. */
const REFUSALS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** How a partial file is written: two descriptors of it, the second one past the system's cache, where there is such a thing. */
export type PartDescriptors = { readonly fd: number; readonly directFd: number | undefined };

/**
 * Writes a partial file, on a worker thread, in the order of the calls: what comes later to a place stays. After a failure nothing is
 * written any more.
 */
export type PartWriter = {
  /** Whether bytes of this length can be written by direct I/O: past the system's cache. */
  canWriteDirect(length: number): boolean;
  /** At once, unless something is under way. */
  write(bytes: Uint8Array, offset: number): void;
  /** By direct I/O, meanwhile. The bytes stay as they are until it is written. */
  writeDirect(bytes: Uint8Array, offset: number): void;
  /** Resolves when all that was asked for is written. @throws the errno error of the first write that failed */
  written(): Promise<void>;
};

export function createPartWriter({ fd, directFd }: PartDescriptors): PartWriter {
  let direct = directFd;
  let last: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  function writeCached(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
  }

  async function writeUncached(bytes: Uint8Array, offset: number): Promise<void> {
    try {
      for (let done = 0; direct !== undefined && done < bytes.length;) {
        const { bytesWritten } = await writeTo(direct, bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    } catch (error) {
      if (!REFUSALS.has(errnoOf(error) ?? '')) throw error;
      direct = undefined;
    }
    if (direct === undefined) writeCached(bytes, offset);
  }

  /** Runs what writes, unless something failed. */
  async function attempt(work: () => void | Promise<void>): Promise<void> {
    if (failure) return;
    try {
      await work();
    } catch (error) {
      failure = { error };
    }
  }

  function queue(work: () => void | Promise<void>): void {
    const queued: Promise<void> = (last ?? Promise.resolve())
      .then(() => attempt(work))
      .then(() => {
        if (last === queued) last = undefined;
      });
    last = queued;
  }

  return {
    canWriteDirect: (length) => direct !== undefined && length % SECTOR_BYTES === 0,
    write(bytes, offset) {
      const work = (): void => {
        writeCached(bytes, offset);
      };
      if (last) queue(work);
      else void attempt(work);
    },
    writeDirect(bytes, offset) {
      queue(() => writeUncached(bytes, offset));
    },
    async written() {
      await last;
      if (failure) throw failure.error;
    },
  };
}
