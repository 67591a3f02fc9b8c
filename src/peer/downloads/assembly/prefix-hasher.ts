import { createHash } from 'node:crypto';
import { READ_BYTES, readChunks, type OpenFile } from '../../shares/hashing/open-file.ts';

/**
 * The SHA-1 of a file that grows from its start: from its bytes as they come, as long as each follows the last, else from the file.
 * What comes is taken on trust, and kept or taken back when it is known whether it is right.
 */
export type PrefixHasher = {
  /** Where the prefix ends that is right, in bytes. */
  readonly offset: () => number;
  /** Whether bytes at this offset are the next to come. */
  readonly follows: (offset: number) => boolean;
  /** Takes the next bytes. */
  readonly put: (bytes: Uint8Array) => void;
  /** All that came is right. */
  readonly keep: () => void;
  /** Takes back what came since the last `keep` or `advance`. */
  readonly takeBack: () => void;
  /** Reads the file up to there, all of which is right. Throws `changed` when the file is shorter, and errno errors. */
  readonly advance: (toOffset: number) => void;
  /** 40 hex digits, of the prefix that is right. Call it once, last. */
  readonly digest: () => string;
};

/** Reads synchronously, so it belongs on a worker thread. The file stays the caller's to close. */
export function createPrefixHasher(file: Pick<OpenFile, 'fd' | 'path'>): PrefixHasher {
  let right = { hash: createHash('sha1'), offset: 0 };
  let tried = { hash: right.hash.copy(), offset: 0 };
  let buffer: Buffer | undefined;

  function keep(): void {
    right = { hash: tried.hash.copy(), offset: tried.offset };
  }

  function takeBack(): void {
    if (tried.offset > right.offset) tried = { hash: right.hash.copy(), offset: right.offset };
  }

  return {
    offset: () => right.offset,
    follows: (offset) => offset === tried.offset,
    put(bytes) {
      tried.hash.update(bytes);
      tried.offset += bytes.length;
    },
    keep,
    takeBack,
    advance(toOffset) {
      if (toOffset <= right.offset) return;
      takeBack();
      buffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
      try {
        for (const chunk of readChunks(file, tried.offset, toOffset, buffer)) {
          tried.hash.update(chunk);
          tried.offset += chunk.length;
        }
      } finally {
        keep();
      }
    },
    digest: () => right.hash.digest('hex'),
  };
}
