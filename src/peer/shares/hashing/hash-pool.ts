import { availableParallelism } from 'node:os';
import { SwapmeetError } from '../../../domain/errors.ts';
import { HASH_BYTES } from '../../../domain/merkle.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import { assertSameStamp, type FileStamp } from './file-stamp.ts';
import { createHashThreads, type HashThreads } from './hash-threads.ts';
import { createPaceControl, type Pace } from './pace.ts';
import { supervise, type HashOptions } from './supervise.ts';
import type { HashPart, HashResult } from './tasks.ts';

/** More threads than that wait for the disk, or take the processor from everything else. */
const THREADS_MAX = 4;

/** A larger file goes to a thread alone, or to two, one a hash: the message for it is then less than 2 % of the work. */
const SMALL_BYTES_MAX = 16_777_216;

/** Which hashes each pass over a large file makes. */
type Passes = readonly (readonly HashPart[])[];
const ONE_PASS: Passes = [['sha1', 'tree']];
/**
 * At the same time, by two threads. They keep together closely enough for the second reader to find the bytes in the
 * system's cache, and need hand nothing to each other.
 */
const TWO_PASSES: Passes = [['sha1'], ['tree']];

/** All about a file that is published, cached or served. Hashes in lower-case hex, `layer` as in domain/merkle.ts. */
export type FileHash = FileStamp & {
  readonly sha1: string;
  /** Absent for an empty file. */
  readonly root?: string;
  readonly pieceBytes: number;
  readonly layer: Uint8Array;
};

/** What the pieces of a partial file should be: its size when whole, and its verified layer. */
export type ExpectedPieces = {
  readonly sizeBytes: number;
  readonly pieceBytes: number;
  readonly layer: Uint8Array;
};

export type HashPool = {
  /**
   * SHA-1, root and layer of a file. Call it for many files at once (hundreds): small ones then share messages.
   * Rejects with `not-found`, `changed` (written meanwhile), `disk-error`, `bad-argument` (no regular file),
   * `shutting-down`, or the signal's reason.
   */
  readonly hash: (path: string, options?: HashOptions) => Promise<FileHash>;
  /**
   * Which pieces of a partial file are whole and right: a bitfield, piece 0 being the high bit of byte 0 [BEP 3].
   * Rejects as `hash` does, and with `bad-argument` when the layer has not the length for the size.
   */
  readonly verifyPieces: (path: string, expected: ExpectedPieces, options?: HashOptions) => Promise<Uint8Array>;
  /** At once, also for what runs; paused files stay open. At first it is `full`. */
  readonly setPace: (pace: Pace) => void;
  /** Stops what runs, which rejects with `shutting-down`, and ends the threads. */
  readonly close: () => Promise<void>;
};

/** Hashes files on worker threads, which start with the first file and end when there is nothing more to hash. */
export function createHashPool(options: { threads?: number } = {}): HashPool {
  const threadCount = options.threads ?? Math.max(2, Math.min(availableParallelism(), THREADS_MAX));
  const pace = createPaceControl();
  const threads = createHashThreads(threadCount, pace.shared);
  const passes = threadCount > 1 ? TWO_PASSES : ONE_PASS;
  return {
    hash: (path, hashOptions = {}) => hashWith(threads, path, passes, hashOptions),
    verifyPieces: (path, expected, hashOptions = {}) => verifyWith(threads, path, expected, hashOptions),
    setPace: pace.set,
    close: threads.close,
  };
}

async function hashWith(threads: HashThreads, path: string, passes: Passes, options: HashOptions): Promise<FileHash> {
  options.signal?.throwIfAborted();
  const task = threads.start({ kind: 'hash', path, parts: ['sha1', 'tree'], sizeBytesMax: SMALL_BYTES_MAX });
  const small = await supervise([task], task.result, options);
  return small.stamp.sizeBytes > SMALL_BYTES_MAX ? hashLarge(threads, path, passes, options) : assemble([small], path);
}

async function hashLarge(threads: HashThreads, path: string, passes: Passes, options: HashOptions): Promise<FileHash> {
  options.signal?.throwIfAborted();
  const tasks = passes.map((parts) =>
    threads.startLong({ kind: 'hash', path, parts, sizeBytesMax: Number.MAX_SAFE_INTEGER }),
  );
  const results = Promise.all(tasks.map((task) => task.result));
  return assemble(await supervise(tasks, results, options), path);
}

/** The passes' results as one; `changed` when they did not read the same file. */
function assemble(results: readonly HashResult[], path: string): FileHash {
  const { stamp, sha1, tree } = results.reduce((whole, result) => {
    assertSameStamp(whole.stamp, result.stamp, path);
    return { ...whole, ...result };
  });
  if (sha1 === undefined || tree === undefined) throw new SwapmeetError('internal', `${path} was hashed in part only.`);
  return { ...stamp, sha1, ...tree };
}

async function verifyWith(threads: HashThreads, path: string, expected: ExpectedPieces, options: HashOptions) {
  options.signal?.throwIfAborted();
  const { sizeBytes, pieceBytes, layer } = expected;
  if (layer.length !== pieceCount(sizeBytes, pieceBytes) * HASH_BYTES) {
    throw new SwapmeetError('bad-argument', `A layer of ${layer.length} bytes is not that of ${sizeBytes} bytes.`);
  }
  const start = sizeBytes > SMALL_BYTES_MAX ? threads.startLong : threads.start;
  const task = start({ kind: 'verify', path, sizeBytes, pieceBytes, layer });
  return supervise([task], task.result, options);
}
