import type { BackOff } from '../../back-off.ts';

/** How long a download waits for what; all in ms. */
export type Timing = {
  /** For the connection and the handshake with a source. */
  readonly dialTimeoutMs: number;
  /** For each reply of a source: a source that is slower than the smallest range in this time is left. */
  readonly callTimeoutMs: number;
  /** Between two attempts while there is no source, or the disk does not serve. */
  readonly retry: BackOff;
};

export const TIMING: Timing = {
  dialTimeoutMs: 10_000,
  callTimeoutMs: 30_000,
  retry: { firstMs: 1_000, lastMs: 30_000 },
};
