import { lstat } from 'node:fs/promises';
import { toSwapmeetError, type ErrorCode, type SwapmeetError } from '../../../domain/errors.ts';
import { pieceBytesFor } from '../../../domain/pieces.ts';
import { errnoOf, throwUnlessOutOfReach } from '../../../storage/errno.ts';
import type { HashPool } from '../hashing/hash-pool.ts';
import type { HashOptions } from '../hashing/supervise.ts';
import type { CheckedFile } from '../store/checked-files.ts';
import { isWhole } from './damage.ts';

/** What came of rereading a file. `changed`: it is not any more the one that was hashed, or is gone. */
export type Finding =
  | { readonly kind: 'good' | 'changed' }
  | { readonly kind: 'damaged'; readonly rightPieces: Uint8Array }
  | { readonly kind: 'unreadable'; readonly error: SwapmeetError };

/** Failures that mean no more than that the file is another one now. */
const CHANGED_CODES: ReadonlySet<ErrorCode> = new Set(['changed', 'not-found', 'bad-argument']);

/**
 * Rereads a file and compares its pieces with their hashes, which lead to its root: its SHA-1 was made of the same bytes, so
 * it needs no look of its own.
 *
 * @param layer of the file
 * @throws the reason of the options' signal; `shutting-down`
 */
export async function checkFile(
  pool: Pick<HashPool, 'verifyPieces'>,
  file: CheckedFile,
  disk: string,
  layer: Uint8Array,
  options: HashOptions,
): Promise<Finding> {
  const { sizeBytes } = file;
  try {
    if (!(await hasStamp(disk, file))) return { kind: 'changed' };
    if (sizeBytes === 0) return { kind: 'good' };
    const expected = { sizeBytes, pieceBytes: pieceBytesFor(sizeBytes), layer };
    const rightPieces = await pool.verifyPieces(disk, expected, options);
    // Who wrote to it while it was read changed it, and damaged nothing.
    if (!(await hasStamp(disk, file))) return { kind: 'changed' };
    return isWhole(sizeBytes, rightPieces) ? { kind: 'good' } : { kind: 'damaged', rightPieces };
  } catch (error) {
    options.signal?.throwIfAborted();
    const failure = toSwapmeetError(error);
    if (failure.code === 'shutting-down') throw failure;
    return CHANGED_CODES.has(failure.code) ? { kind: 'changed' } : { kind: 'unreadable', error: failure };
  }
}

/** Whether a file is, by all that can be told without reading it, the one that was hashed. */
export async function hasStamp(
  disk: string,
  { sizeBytes, mtimeNs, inode }: Pick<CheckedFile, 'sizeBytes' | 'mtimeNs' | 'inode'>,
): Promise<boolean> {
  try {
    const stats = await lstat(disk, { bigint: true });
    return stats.isFile() && stats.size === BigInt(sizeBytes) && stats.mtimeNs === mtimeNs && stats.ino === inode;
  } catch (error) {
    throwUnlessOutOfReach(error);
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}
