import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { openParts, openWhole, readResident, type Resident } from '../../segment/segment-file.ts';
import { openSegment, type Segment } from '../../segment/segment.ts';

const FOLDER = 'segments';
const SUFFIX = '.segment';
const PARTIAL_SUFFIX = '.partial';
/** A segment of this size is read as a whole: its parts are small, and asked for often while it lives. */
const WHOLE_BYTES_MAX = 512 * 1024;

/** A segment that is open. */
export type OpenSegment = { readonly key: number; readonly segment: Segment; close(): void };

/** Parts of segments that are in memory already, for all threads, by key. */
export type Residents = { get(key: number): Resident | undefined };

/** The segments of a catalog, as files in its data folder. */
export type SegmentFiles = {
  /** Writes a segment. When it returns, the segment is on the disk. */
  write<T>(key: number, make: (write: (chunk: Uint8Array) => void) => T): T;
  /** @throws a system error where there is no such file */
  open(key: number): OpenSegment;
  /** Reads what is to be held in memory of it; undefined for a small one. */
  readResident(key: number): Resident | undefined;
  sizeBytes(key: number): number;
  /** Removes the file, if it can be: where it can’t, because a thread has it open, the next start will. */
  readonly remove: (key: number) => void;
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
      const made = writeDurably(path + PARTIAL_SUFFIX, make);
      renameSync(path + PARTIAL_SUFFIX, path);
      flushFolder(folder);
      return made;
    },
    open: (key) => {
      const path = pathOf(key);
      const file = openSync(path, 'r');
      const sizeBytes = statSync(path).size;
      if (sizeBytes <= WHOLE_BYTES_MAX) {
        const whole = new Uint8Array(sizeBytes);
        readFully(file, whole, 0);
        closeSync(file);
        return { key, segment: openSegment(openWhole(whole)), close: () => undefined };
      }
      const resident = residents.get(key) ?? residentOf(file, sizeBytes);
      return {
        key,
        segment: openSegment(openParts(resident, file)),
        close: () => {
          closeSync(file);
        },
      };
    },
    readResident: (key) => {
      const path = pathOf(key);
      const sizeBytes = statSync(path).size;
      if (sizeBytes <= WHOLE_BYTES_MAX) return undefined;
      const file = openSync(path, 'r');
      try {
        return residentOf(file, sizeBytes);
      } finally {
        closeSync(file);
      }
    },
    sizeBytes: (key) => statSync(pathOf(key)).size,
    remove: (key) => {
      removeIfPossible(pathOf(key));
    },
    sweep: (kept) => {
      const names = new Set(Array.from(kept, (key) => `${key}${SUFFIX}`));
      for (const name of readdirSync(folder)) if (!names.has(name)) removeIfPossible(join(folder, name));
    },
  };
}

function residentOf(file: number, sizeBytes: number): Resident {
  return readResident(sizeBytes, (target, offset) => {
    readFully(file, target, offset);
  });
}

function readFully(file: number, target: Uint8Array, offset: number): void {
  for (let done = 0; done < target.length;) {
    const got = readSync(file, target, done, target.length - done, offset + done);
    if (got === 0) throw new Error(`a segment ends at ${offset + done}, ${target.length - done} bytes early`);
    done += got;
  }
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
