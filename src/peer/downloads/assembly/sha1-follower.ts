import type { OperationThread } from '../../threads/operation-thread.ts';
import type { AssemblyOperations } from './operations.ts';

/** One call hashes at most so much: what comes from the network, and other files, get their turn in between. */
const STEP_BYTES = 4 * 1024 * 1024;

/** For less a message to the thread would cost too much. */
const WORTHWHILE_BYTES = 4 * 1024 * 1024;

/**
 * Keeps the SHA-1 of a file behind its verified prefix, so that little is left to do when the last piece is there. The thread
 * takes what comes in order as it comes; this has it read the rest.
 */
export type Sha1Follower = {
  /** The file is right from its start up to this offset. */
  advance(prefixBytes: number): void;
  /**
   * The SHA-1 (lower-case hex) of the whole file, which has this size. Call it once, last.
   *
   * @throws SwapmeetError `disk-error`; the signal's reason
   */
  digest(sizeBytes: number, signal: AbortSignal): Promise<string>;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
};

/** @param file as it was opened on the thread */
export function createSha1Follower(thread: OperationThread<AssemblyOperations>, file: number): Sha1Follower {
  let target = 0;
  let hashed = 0;
  let following: Promise<void> | undefined;

  async function follow(): Promise<void> {
    while (hashed < target) {
      hashed = await thread.call('advance', { file, to: Math.min(target, hashed + STEP_BYTES) });
    }
  }

  function advanceTo(prefixBytes: number): Promise<void> {
    target = prefixBytes;
    following ??= follow().finally(() => {
      following = undefined;
    });
    return following;
  }

  return {
    advance(prefixBytes) {
      if (prefixBytes - hashed < WORTHWHILE_BYTES) return;
      // An error comes up again with the next step, and at the latest with the digest.
      advanceTo(prefixBytes).catch(() => undefined);
    },
    async digest(sizeBytes, signal) {
      while (hashed < sizeBytes) {
        await advanceTo(Math.min(sizeBytes, hashed + STEP_BYTES));
        signal.throwIfAborted();
      }
      return thread.call('digest', { file });
    },
    async close() {
      target = 0;
      await following?.catch(() => undefined);
    },
  };
}
