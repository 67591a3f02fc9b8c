import { hash } from 'node:crypto';
import type { Entry } from '../../src/domain/entry.ts';

/** Of 256 paths, as many have a content that others have, too. */
const SHARED_OF_256 = 26;
/** So many paths, on average, have one and the same of the shared contents. */
const PATHS_A_SHARED_CONTENT = 3;

/** The median of sizes, and the standard deviation of their logarithm: from text files to films. */
const MEDIAN_BYTES = 40_000;
const LOG_DEVIATION = 2.5;

/** Where the hex digits of a SHA-512 serve as what: it costs half of a SHA-1 and a SHA-256. */
const SHA1 = [0, 40] as const;
const ROOT = [40, 104] as const;
const FIRST_NUMBER = [104, 112] as const;
const SECOND_NUMBER = [112, 120] as const;
const CHANCE = [126, 128] as const;

/** Changes with what `entryOf` gives, or with what is left out: a dataset that was made before is not this one's. */
export const CONTENTS_VERSION = 3;

/**
 * The entry that stands for a path: hashes and size follow from the path alone, so that every run publishes the same. About one in
 * ten has a content that some others have under other names.
 *
 * @param entries how many the whole corpus has
 */
export function entryOf(path: string, entries: number): Entry {
  const own = hash('sha512', path, 'hex');
  const contents = Math.max(1, Math.round((entries * SHARED_OF_256) / 256 / PATHS_A_SHARED_CONTENT));
  const isShared = numberIn(own, CHANCE) < SHARED_OF_256;
  const digits = isShared ? hash('sha512', `shared ${numberIn(own, FIRST_NUMBER) % contents}`, 'hex') : own;
  return { path, sizeBytes: sizeOf(digits), sha1: digits.slice(...SHA1), root: digits.slice(...ROOT) };
}

function numberIn(digits: string, place: readonly [number, number]): number {
  return Number.parseInt(digits.slice(...place), 16);
}

/** Log-normal, by Box and Muller. */
function sizeOf(digits: string): number {
  const one = (numberIn(digits, FIRST_NUMBER) + 1) / (2 ** 32 + 1);
  const other = numberIn(digits, SECOND_NUMBER) / 2 ** 32;
  const normal = Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other);
  return Math.max(1, Math.round(MEDIAN_BYTES * Math.exp(LOG_DEVIATION * normal)));
}
