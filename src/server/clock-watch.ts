import type { Needs } from './context.ts';

const LOOK_MS = 5_000;
/** What two clocks that are read one after the other, and steered to the same time, never differ by. */
const SET_MS = 2_000;

/** Notices that the clock was set, before anybody reckons with what it says. */
export type ClockWatch = {
  /** Looks now. Resolves when the catalog knows. */
  readonly look: () => Promise<void>;
  readonly stop: () => void;
};

/**
 * Machines without a battery begin in the past, and others are set right by a person: a peer that was here a minute ago is neither
 * offline nor expired for it.
 *
 * @param steadyNow ms, by a clock that is never set
 */
export function startClockWatch(
  { catalog, log, now }: Needs<'clockSet', 'log' | 'now'>,
  steadyNow: () => number,
  lookMs = LOOK_MS,
): ClockWatch {
  let aheadMs = now() - steadyNow();
  let underWay = Promise.resolve();

  async function look(): Promise<void> {
    const nowMs = now();
    const byMs = nowMs - steadyNow() - aheadMs;
    if (Math.abs(byMs) >= SET_MS) {
      log.warn({ byS: Math.round(byMs / 1000) }, 'the clock of this machine was set');
      await catalog.clockSet(Math.round(byMs), nowMs);
    }
    // Not before the catalog knows: what it was not told is found again by the next look.
    aheadMs += byMs;
  }

  /** One at a time: a look also waits for what the one before it found. */
  function lookInTurn(): Promise<void> {
    underWay = underWay.then(look).catch((error: unknown) => {
      log.error({ err: error }, 'the catalog was not told that the clock was set');
    });
    return underWay;
  }

  const timer = setInterval(() => void lookInTurn(), lookMs).unref();
  return {
    look: lookInTurn,
    stop: () => {
      clearInterval(timer);
    },
  };
}
