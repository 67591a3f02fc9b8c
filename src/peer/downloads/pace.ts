/** What a download gets in a second if it is not slow. */
const SLOW_BYTES_PER_S = 32 * 1024;

/** So long it may get nothing; so much later at most it is known again that it is slow, or is not. */
const CREDIT_MS = 10_000;

/**
 * Whether a download is slow through its sources: they trickle, make it wait, or can't be reached. It has a credit of time, which
 * what it gets pays for.
 */
export type Pace = {
  /** It fetches from now on. */
  readonly begin: () => void;
  /** It does not fetch any more. */
  readonly end: () => void;
  readonly received: (bytes: number) => void;
  /** What does not come is not its sources’ fault. */
  readonly excuse: () => void;
  readonly isSlow: () => boolean;
};

/** @param now ms */
export function createPace(now: () => number): Pace {
  let isFetching = false;
  let paidUntilMs = 0;

  function begin(): void {
    isFetching = true;
    excuse();
  }

  function excuse(): void {
    paidUntilMs = now() + CREDIT_MS;
  }

  return {
    begin,
    excuse,
    end: () => {
      isFetching = false;
    },
    received: (bytes) => {
      const paidMs = (bytes / SLOW_BYTES_PER_S) * 1000;
      // Neither a long time of plenty nor one of want counts for ever.
      paidUntilMs = Math.min(Math.max(paidUntilMs, now() - CREDIT_MS) + paidMs, now() + CREDIT_MS);
    },
    isSlow: () => isFetching && now() >= paidUntilMs,
  };
}
