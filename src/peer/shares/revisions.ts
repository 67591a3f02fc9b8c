import { createWake } from '../wake.ts';

/** A change is passed on when nothing else changed for so long; */
const QUIET_MS = 300;
/** but after so long in any case, */
const DELAY_MS_MAX = 2_000;
/** and while much is going on, only every so often. */
const BUSY_DELAY_MS = 3_000;

/** The count of the published list's changes since the start of this process. */
export type Revisions = {
  readonly current: () => number;
  readonly bump: () => void;
  /** To call when `isBusy` turns false. */
  readonly calm: () => void;
  /** Resolves with the revision when it is greater than the given, and the changes have calmed down for the moment. */
  readonly changed: (sinceRevision: number, signal: AbortSignal) => Promise<number>;
};

/** @param isBusy whether many more changes are to be expected presently */
export function createRevisions(isBusy: () => boolean): Revisions {
  const wake = createWake();
  let revision = 0;
  let changedAtMs = 0;

  return {
    current: () => revision,
    bump() {
      revision += 1;
      changedAtMs = performance.now();
      wake.wake();
    },
    calm: wake.wake,
    async changed(sinceRevision, signal) {
      while (revision <= sinceRevision) await wake.wait(undefined, signal);
      const seenAtMs = performance.now();
      for (;;) {
        const calmAtMs = Math.min(changedAtMs + QUIET_MS, seenAtMs + DELAY_MS_MAX);
        const waitMs = (isBusy() ? seenAtMs + BUSY_DELAY_MS : calmAtMs) - performance.now();
        if (waitMs <= 0) return revision;
        await wake.wait(waitMs, signal);
      }
    },
  };
}
