/** What was not used is kept for so long: a thread that was busy elsewhere catches up, and nobody saves up for a burst. */
const KEPT_MS = 250;

/**
 * Holds a rate: who spends more than there is has to wait until the debt is paid. Over any time not much shorter than
 * a second it lets through what the rate allows, whatever the steps.
 */
export type TokenBucket = {
  /** Bytes a second; undefined holds nothing back. */
  setRate(bytesPerSecond: number | undefined): void;
  spend(bytes: number): void;
  /** How long until something may be spent, in ms; 0 when it may be now. */
  waitMs(): number;
};

/** @param now ms; a clock that is set back or ahead costs or gives no more than is kept */
export function createTokenBucket(now: () => number): TokenBucket {
  let bytesPerMs: number | undefined;
  let bytes = 0;
  let atMs = now();

  function fill(rate: number): void {
    const nowMs = now();
    bytes = Math.min(bytes + Math.max(0, nowMs - atMs) * rate, KEPT_MS * rate);
    atMs = nowMs;
  }

  return {
    setRate(bytesPerSecond) {
      bytesPerMs = bytesPerSecond === undefined ? undefined : bytesPerSecond / 1000;
      // What is owed at the former rate would take too long at a lower one.
      bytes = 0;
      atMs = now();
    },
    spend(spent) {
      if (bytesPerMs === undefined) return;
      fill(bytesPerMs);
      bytes -= spent;
    },
    waitMs() {
      if (bytesPerMs === undefined) return 0;
      fill(bytesPerMs);
      return bytes >= 0 ? 0 : -bytes / bytesPerMs;
    },
  };
}
