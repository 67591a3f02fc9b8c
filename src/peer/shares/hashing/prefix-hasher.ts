import { createHash } from 'node:crypto';
import { READ_BYTES, readChunks, type OpenFile } from './open-file.ts';

/** The SHA-1 of a file that grows from its start, such as a download's verified prefix. */
export type PrefixHasher = {
  /** Where the hashed prefix ends, in bytes. */
  readonly offset: () => number;
  /** Hashes on up to there; no further back than `offset`. Throws `changed` when the file is shorter, and errno errors. */
  readonly advance: (toOffset: number) => void;
  /** 40 hex digits. Call it once, last. */
  readonly digest: () => string;
};

/** Reads synchronously, so it belongs on a worker thread. The file stays the caller's to close. */
export function createPrefixHasher(file: Pick<OpenFile, 'fd' | 'path'>): PrefixHasher {
  const sha1 = createHash('sha1');
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let offset = 0;
  return {
    offset: () => offset,
    advance(toOffset) {
      for (const chunk of readChunks(file, offset, toOffset, buffer)) {
        sha1.update(chunk);
        offset += chunk.length;
      }
    },
    digest: () => sha1.digest('hex'),
  };
}
