import type { BackOff } from '../../back-off.ts';

/** How long a download waits for what; all in ms. */
export type Timing = {
  /** For each reply of a source: a source that is slower than the smallest range in this time is left. */
  readonly callTimeoutMs: number;
  /** A source that sends less than a block in this time, though it is asked for more, is left. */
  readonly stallMs: number;
  /** The server is asked for further sources so often while a download runs: more often in the beginning. */
  readonly lookAgain: BackOff;
  /** Between two attempts while there is no source, or the disk does not serve. */
  readonly retry: BackOff;
};

export const TIMING: Timing = {
  callTimeoutMs: 30_000,
  stallMs: 10_000,
  lookAgain: { firstMs: 300, lastMs: 30_000 },
  retry: { firstMs: 1_000, lastMs: 30_000 },
};
