import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SwapmeetError } from '../../../domain/errors.ts';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import { errnoOf } from '../../../storage/errno.ts';
import { readOrDamaged } from '../../segment/bytes.ts';
import { DamagedSegment } from '../../segment/checksums.ts';
import type { ReadInto } from '../../segment/footer.ts';
import { openParts, openWhole, readNumbers, readResident, type Resident } from '../../segment/segment-file.ts';
import { openSegment, type Segment } from '../../segment/segment.ts';
import { createBytes } from '../../segment/memory.ts';

const FOLDER = 'segments';
const SUFFIX = '.segment';
const PARTIAL_SUFFIX = '.partial';
/** A segment of this size is read as a whole: its parts are small, and asked for often while it lives. */
const WHOLE_BYTES_MAX = 512 * 1024;

/** A segment that is open, and what it takes of the memory. */
export type OpenSegment = {
  readonly key: number;
  readonly segment: Segment;
  readonly memoryBytes: number;
  close(): void;
};

/** Parts of segments that are in memory already, for all threads, by key. */
export type Residents = { get(key: number): Resident | undefined };

/** The segments of a catalog, as files in its data folder. */
export type SegmentFiles = {
  /** Writes a segment. When it returns, the segment is on the disk. @throws SwapmeetError `disk-full`, `disk-error` */
  write<T>(key: number, make: (write: (chunk: Uint8Array) => void) => T): T;
  /** @throws SwapmeetError `disk-error` where it is missing; DamagedSegment, also from what reads the segment later */
  open(key: number): OpenSegment;
  /** Reads what is to be held in memory of it; undefined for a small one. Throws as `open`. */
  readResident(key: number): Resident | undefined;
  /** The lists that lie in it, as far as it is readable: the numbers of all, or undefined. */
  listsIn(key: number): readonly number[] | undefined;
  /**
   * Removes the file, if it can be: where it can’t, because a thread has it open, the next start will. A large one takes its
   * time, of which this thread spends none. Never rejects.
   */
  readonly remove: (key: number) => Promise<void>;
  /** Removes everything but the given segments: what was not finished, and what was to be removed. */
  sweep(kept: ReadonlySet<number>): void;
};

export function openSegmentFiles(dataFolder: string, residents: Residents): SegmentFiles {
  const folder = join(dataFolder, FOLDER);
  mkdirSync(folder, { recursive: true });
  const pathOf = (key: number): string => join(folder, `${key}${SUFFIX}`);
  return {
    write: (key, make) => {
      const path = pathOf(key);
      try {
        const made = writeDurably(path + PARTIAL_SUFFIX, make);
        renameSync(path + PARTIAL_SUFFIX, path);
        flushFolder(folder);
        return made;
      } catch (error) {
        removeIfPossible(path + PARTIAL_SUFFIX);
        throw passingDiskFailure(error, path);
      }
    },
    open: (key) => present(pathOf(key), () => openFile(pathOf(key), key, residents)),
    readResident: (key) =>
      present(pathOf(key), () => {
        const opened = openFile(pathOf(key), key, { get: () => undefined });
        opened.close();
        return opened.resident;
      }),
    listsIn: (key) => {
      try {
        return present(pathOf(key), () => readLists(pathOf(key), key));
      } catch (error) {
        if (error instanceof DamagedSegment) return undefined;
        throw error;
      }
    },
    remove: (key) => rm(pathOf(key), { force: true }).catch(() => undefined),
    sweep: (kept) => {
      const names = new Set(Array.from(kept, (key) => `${key}${SUFFIX}`));
      for (const name of readdirSync(folder)) if (!names.has(name)) removeIfPossible(join(folder, name));
    },
  };
}

/** Does something with a segment that has to be there. @throws SwapmeetError `disk-error` where it is not; DamagedSegment */
function present<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw passingDiskFailure(error, path);
    throw new SwapmeetError(
      'disk-error',
      `${path} is missing: put catalog.db and segments/ back from a copy, or remove both; peers then send their lists again`,
      { cause: error },
    );
  }
}

function openFile(path: string, key: number, residents: Residents): OpenSegment & { readonly resident?: Resident } {
  const file = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(file).size;
    if (sizeBytes > WHOLE_BYTES_MAX) {
      const resident = residents.get(key) ?? readResident(sizeBytes, readerOf(file, key), key);
      const close = (): void => {
        closeSync(file);
      };
      const memoryBytes = resident.bytes.length;
      return { key, segment: openSegment(openParts(resident, file, key)), memoryBytes, close, resident };
    }
    const bytes = createBytes(sizeBytes);
    readerOf(file, key)(bytes, 0);
    const segment = openSegment(openWhole(bytes, key));
    closeSync(file);
    return { key, segment, memoryBytes: sizeBytes, close: () => undefined };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readLists(path: string, key: number): readonly number[] {
  const file = openSync(path, 'r');
  try {
    return [...readNumbers(fstatSync(file).size, readerOf(file, key), 'listNumbers', key)];
  } finally {
    closeSync(file);
  }
}

function readerOf(file: number, key: number): ReadInto {
  return (target, offset) => {
    for (let done = 0; done < target.length;) {
      const got = readOrDamaged(file, target.subarray(done), offset + done, key);
      if (got === 0) throw new DamagedSegment(key, `it ends ${target.length - done} bytes early`);
      done += got;
    }
  };
}

function writeDurably<T>(path: string, make: (write: (chunk: Uint8Array) => void) => T): T {
  const file = openSync(path, 'w', 0o600);
  try {
    const made = make((chunk) => {
      for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
    });
    fsyncSync(file);
    return made;
  } finally {
    closeSync(file);
  }
}

/** Makes sure that a file’s name is on the disk too. Windows has no way to, and needs none. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Windows keeps what another thread has open.
  }
}
