import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from '../../../storage/errno.ts';
import { rangeOf, type ByteRange } from '../byte-range.ts';

const writeTo = promisify(write);

/** What a direct write's place, length and memory are multiples of: no disk has larger sectors. */
const SECTOR_BYTES = 4096;

/** How a partial file is written: two descriptors of it, the second one past the system's cache, where there is such a thing. */
export type PartDescriptors = { readonly fd: number; readonly directFd: number | undefined };

/** Writes a partial file, on a worker thread. All throw errno errors. */
export type PartWriter = {
  /** Whether bytes of this length can go past the system's cache. */
  canGoPast(length: number): boolean;
  write(bytes: Uint8Array, offset: number): void;
  /** Writes ranges of `bytes`, which lie at `offset` of the file, past the cache: after what was asked for before, meanwhile. */
  writePast(bytes: Uint8Array, offset: number, ranges: readonly ByteRange[]): void;
  /** Resolves when all that was asked for is written. */
  written(): Promise<void>;
};

export function createPartWriter({ fd, directFd }: PartDescriptors): PartWriter {
  let direct = directFd;
  let last: Promise<void> = Promise.resolve();

  function writeCached(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
  }

  async function writeDirect(bytes: Uint8Array, offset: number): Promise<void> {
    try {
      for (let done = 0; direct !== undefined && done < bytes.length;) {
        const { bytesWritten } = await writeTo(direct, bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    } catch (error) {
      if (errnoOf(error) !== 'EINVAL') throw error;
      // The file system does not do it after all, or not from this memory.
      direct = undefined;
    }
    if (direct === undefined) writeCached(bytes, offset);
  }

  async function writeRanges(bytes: Uint8Array, offset: number, ranges: readonly ByteRange[]): Promise<void> {
    for (const range of ranges) await writeDirect(rangeOf(bytes, offset, range), range.offset);
  }

  return {
    canGoPast: (length) => direct !== undefined && length % SECTOR_BYTES === 0,
    write: writeCached,
    writePast(bytes, offset, ranges) {
      last = last.then(() => writeRanges(bytes, offset, ranges));
      // Told to all who ask for `written`.
      last.catch(() => undefined);
    },
    written: () => last,
  };
}
