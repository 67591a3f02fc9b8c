/** Small enough that a slow source answers well within the deadline of a call. */
export const RANGE_BYTES_MIN = 256 * 1024;
/** Measured on a fast network: larger ones gain nothing. */
const RANGE_BYTES_MAX = 4 * 1024 * 1024;

/** A range should take about so long: then little is lost with a source that fails, and nothing waits for the next request. */
const FAST_MS = 250;
const SLOW_MS = 2_000;

/** How much to ask for next, in bytes, after a range of `rangeBytes` took `elapsedMs`. */
export function nextRangeBytes(rangeBytes: number, elapsedMs: number): number {
  if (elapsedMs < FAST_MS) return Math.min(rangeBytes * 2, RANGE_BYTES_MAX);
  if (elapsedMs > SLOW_MS) return Math.max(rangeBytes / 2, RANGE_BYTES_MIN);
  return rangeBytes;
}
