import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Content } from '../content.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { NO_FOLLOW } from '../../../storage/open-flags.ts';
import type { OperationThread } from '../../threads/operation-thread.ts';
import type { BufferPool } from './buffer-pool.ts';
import { createFlusher } from './flusher.ts';
import type { PieceOperations, PieceVerdict, Sha1Operations } from './operations.ts';
import { createSha1Follower, type Sha1Follower } from './sha1-follower.ts';

/** A partial file that pieces are put into. */
export type PartFile = {
  readonly pool: BufferPool;
  /**
   * Verifies and writes the first `length` bytes of a buffer of the pool, to which it goes back by itself: whole blocks.
   *
   * @param offset in the file
   * @param sender who sent them, from 1: verdicts name liars by it
   * @throws SwapmeetError `disk-full`, `disk-error`
   */
  write(buffer: Buffer<ArrayBuffer>, offset: number, length: number, sender: number): Promise<readonly PieceVerdict[]>;
  /** Forgets pieces that are not whole and hold blocks of this sender. Returns which. @throws SwapmeetError */
  distrust(sender: number): Promise<readonly number[]>;
  readonly sha1: Sha1Follower;
  /** Resolves when all that was written is on the disk. @throws SwapmeetError `disk-full`, `disk-error` */
  flush(): Promise<void>;
  /** Call it when nothing is being written. */
  close(): Promise<void>;
};

/** What all files are worked on with. */
export type AssemblyThreads = {
  readonly pool: BufferPool;
  readonly pieces: OperationThread<PieceOperations>;
  readonly sha1: OperationThread<Sha1Operations>;
};

export type PartToOpen = {
  /** The file's number for the threads. */
  readonly file: number;
  readonly path: string;
  readonly content: Content;
  readonly layer: Uint8Array | undefined;
  /** The pieces that are right already: a bitfield. */
  readonly verified: Uint8Array;
};

/** Opens a file that exists and is no link. @throws SwapmeetError `disk-error` */
export async function openPartFile(threads: AssemblyThreads, part: PartToOpen): Promise<PartFile> {
  const handle = await openHandle(part.path);
  try {
    await threads.pieces.call('open', { ...part, fd: handle.fd });
    await threads.sha1.call('open', { file: part.file, path: part.path, fd: handle.fd });
  } catch (error) {
    await handle.close();
    throw error;
  }
  return createPartFile(threads, part, handle);
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | NO_FOLLOW);
  } catch (error) {
    throw diskFailure(error, path);
  }
}

function createPartFile(
  { pool, pieces, sha1 }: AssemblyThreads,
  { file, path }: PartToOpen,
  handle: FileHandle,
): PartFile {
  const flusher = createFlusher(handle);
  const follower = createSha1Follower(sha1, file);
  return {
    pool,
    sha1: follower,
    async write(buffer, offset, length, sender) {
      pool.lend();
      try {
        const verdicts = await pieces.call('write', { file, bytes: buffer, offset, length, sender });
        flusher.wrote(length);
        return verdicts;
      } catch (error) {
        throw diskFailure(error, path);
      }
    },
    distrust: (sender) => pieces.call('distrust', { file, sender }),
    async flush() {
      try {
        await flusher.flush();
      } catch (error) {
        throw diskFailure(error, path);
      }
    },
    async close() {
      try {
        await Promise.all([pieces.call('forget', { file }), follower.close()]);
      } finally {
        await handle.close();
      }
    },
  };
}
