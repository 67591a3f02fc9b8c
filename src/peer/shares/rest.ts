import type { FileStamp } from './hashing/file-stamp.ts';

/** How exact a modification time is. FAT counts in steps of two seconds, HFS+ of one; all others of at most 10 ms. */
const FINE_CLOCK_MS = 100;
const COARSE_CLOCK_MS = 2_000;
const SECOND_NS = 1_000_000_000n;

/** A file that is still being written would be read in vain; waiting for it costs at most what that would. */
const READ_BYTES_PER_MS = 500_000;
const REST_MS_MAX = 5_000;

/**
 * From when on a file may be hashed, Unix ms; 0 when that is now. A second change within one step of the file system's
 * clock leaves the modification time as it is: a hash made in that step could be of other bytes than the file's and would
 * never be noticed (git's “racily clean”). So a file is hashed only when its last change lies further back than that.
 */
export function restedAtMs(stamp: FileStamp, nowMs: number): number {
  const clockMs = stamp.mtimeNs % SECOND_NS === 0n ? COARSE_CLOCK_MS : FINE_CLOCK_MS;
  const restMs = Math.max(clockMs, Math.min(stamp.sizeBytes / READ_BYTES_PER_MS, REST_MS_MAX));
  const mtimeMs = Number(stamp.mtimeNs / 1_000_000n);
  const restedMs = Math.ceil(Math.min(mtimeMs, nowMs) + restMs);
  return restedMs <= nowMs ? 0 : restedMs;
}
