import { createHash } from 'node:crypto';
import type { Entry } from '../../src/domain/entry.ts';

/** Of 256 paths, as many have a content that others have, too. */
const SHARED_OF_256 = 26;
/** So many paths, on average, have one and the same of the shared contents. */
const PATHS_A_SHARED_CONTENT = 3;

/** The median of sizes, and the standard deviation of their logarithm: from text files to films. */
const MEDIAN_BYTES = 40_000;
const LOG_DEVIATION = 2.5;

/**
 * The entry that stands for a path: hashes and size follow from the path alone, so that every run publishes the same. About one in
 * ten has a content that some others have under other names.
 *
 * @param entries how many the whole corpus has
 */
export function entryOf(path: string, entries: number): Entry {
  const own = createHash('sha1').update(path).digest();
  const contents = Math.max(1, Math.round((entries * SHARED_OF_256) / 256 / PATHS_A_SHARED_CONTENT));
  const isShared = own.readUInt8(19) < SHARED_OF_256;
  const name = isShared
    ? createHash('sha1')
        .update(`shared ${own.readUInt32BE(0) % contents}`)
        .digest()
    : own;
  const root = createHash('sha256').update(name).digest('hex');
  return { path, sizeBytes: sizeOf(name), sha1: name.toString('hex'), root };
}

/** Log-normal, by Box and Muller. */
function sizeOf(hash: Buffer): number {
  const one = (hash.readUInt32BE(4) + 1) / (2 ** 32 + 1);
  const other = hash.readUInt32BE(8) / 2 ** 32;
  const normal = Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other);
  return Math.max(1, Math.round(MEDIAN_BYTES * Math.exp(LOG_DEVIATION * normal)));
}
