import type { Content } from '../content.ts';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import type { OperationThread } from '../../threads/operation-thread.ts';
import type { BufferPool } from './buffer-pool.ts';
import { createFlusher } from './flusher.ts';
import { closeAll, openHandles, type PartHandles } from './part-handles.ts';
import type { AssemblyOperations, PieceVerdict } from './operations.ts';
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
export type AssemblyTools = {
  readonly pool: BufferPool;
  readonly thread: OperationThread<AssemblyOperations>;
  readonly onWritten: (bytes: number) => void;
};

export type PartToOpen = {
  /** The file's number for the thread. */
  readonly file: number;
  readonly path: string;
  readonly content: Content;
  readonly layer: Uint8Array | undefined;
  /** The pieces that are right already: a bitfield. */
  readonly verified: Uint8Array;
};

/** Opens a file that exists and is no link. @throws SwapmeetError `disk-error` */
export async function openPartFile(
  tools: AssemblyTools,
  part: PartToOpen,
  isReadSoon: () => boolean,
): Promise<PartFile> {
  const handles = await openHandles(part);
  try {
    const { cached, direct } = handles;
    await tools.thread.call('open', { ...part, fd: cached.fd, directFd: direct?.fd });
  } catch (error) {
    await closeAll(handles);
    throw error;
  }
  return createPartFile(tools, part, handles, isReadSoon);
}

function createPartFile(
  { pool, thread, onWritten }: AssemblyTools,
  { file, path }: PartToOpen,
  handles: PartHandles,
  isReadSoon: () => boolean,
): PartFile {
  const flusher = createFlusher(handles.cached);
  const follower = createSha1Follower(thread, file);
  return {
    pool,
    sha1: follower,
    async write(buffer, offset, length, sender) {
      pool.lend();
      try {
        const verdicts = await thread.call('write', {
          file,
          bytes: buffer,
          offset,
          length,
          sender,
          isReadSoon: isReadSoon(),
        });
        flusher.wrote(length);
        onWritten(length);
        return verdicts;
      } catch (error) {
        throw passingDiskFailure(error, path);
      }
    },
    distrust: (sender) => thread.call('distrust', { file, sender }),
    async flush() {
      try {
        await flusher.flush();
      } catch (error) {
        throw passingDiskFailure(error, path);
      }
    },
    async close() {
      try {
        await follower.close();
        await thread.call('forget', { file });
      } finally {
        await closeAll(handles);
      }
    },
  };
}
