import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from '../../../storage/errno.ts';
import type { ByteRange } from '../byte-range.ts';

const writeTo = promisify(write);

/** What a direct write's place, length and memory are multiples of: no disk has larger sectors. */
const SECTOR_BYTES = 4096;
/**
 * Of all files together. Measured: with one the disk waits while the thread hashes, and more than these gain nothing; libuv has four
 * threads, and others have files, too.
 */
const DIRECT_AT_ONCE = 3;

/** Direct writes of any file that are under way, or wait, in the order in which they were asked for. */
const direct = new Set<Promise<void>>();
/** What a file system says that does not do it after all, or not from this memory. */
const REFUSALS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** How a partial file is written: two descriptors of it, the second one past the system's cache, where there is such a thing. */
export type PartDescriptors = { readonly fd: number; readonly directFd: number | undefined };

/**
 * Writes a partial file, on a worker thread: what comes later to a place stays. After a failure nothing more is begun.
 */
export type PartWriter = {
  /** Whether bytes of this length can be written by direct I/O: past the system's cache. */
  canWriteDirect(length: number): boolean;
  /** At once, unless something is under way to the same place. */
  write(bytes: Uint8Array, offset: number): void;
  /** By direct I/O, meanwhile. The bytes stay as they are until it is written. */
  writeDirect(bytes: Uint8Array, offset: number): void;
  /** Resolves when all that was asked for is written. @throws the errno error of the first write that failed */
  written(): Promise<void>;
};

type Pending = { readonly range: ByteRange; readonly done: Promise<void> };

export function createPartWriter({ fd, directFd }: PartDescriptors): PartWriter {
  let uncached = directFd;
  const pending = new Set<Pending>();
  let failure: { readonly error: unknown } | undefined;

  function writeCached(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
  }

  async function writeUncached(bytes: Uint8Array, offset: number): Promise<void> {
    try {
      for (let done = 0; uncached !== undefined && done < bytes.length;) {
        const { bytesWritten } = await writeTo(uncached, bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    } catch (error) {
      if (!REFUSALS.has(errnoOf(error) ?? '')) throw error;
      uncached = undefined;
    }
    if (uncached === undefined) writeCached(bytes, offset);
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

  /** What is under way to the same place. */
  function underWay({ offset, length }: ByteRange): readonly Pending[] {
    return [...pending].filter(({ range }) => range.offset < offset + length && offset < range.offset + range.length);
  }

  function queue(range: ByteRange, before: readonly Promise<void>[], work: () => void | Promise<void>): Promise<void> {
    const write: Pending = {
      range,
      done: Promise.all([...before, ...underWay(range).map(({ done }) => done)])
        .then(() => attempt(work))
        .then(() => {
          pending.delete(write);
        }),
    };
    pending.add(write);
    return write.done;
  }

  return {
    canWriteDirect: (length) => uncached !== undefined && length % SECTOR_BYTES === 0,
    write(bytes, offset) {
      const work = (): void => {
        writeCached(bytes, offset);
      };
      const range = { offset, length: bytes.length };
      if (underWay(range).length > 0) void queue(range, [], work);
      else void attempt(work);
    },
    writeDirect(bytes, offset) {
      const earlier = [...direct].slice(0, 1 - DIRECT_AT_ONCE);
      const done = queue({ offset, length: bytes.length }, earlier, () => writeUncached(bytes, offset));
      direct.add(done);
      void done.then(() => direct.delete(done));
    },
    async written() {
      await Promise.all([...pending].map(({ done }) => done));
      if (failure) throw failure.error;
    },
  };
}
