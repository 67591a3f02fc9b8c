import { SwapmeetError } from '../../../domain/errors.ts';
import { backOffMs } from '../../back-off.ts';
import { createWake } from '../../wake.ts';
import { fetchFrom } from './fetch-from.ts';
import { updateRoster } from './usable-source.ts';
import type { KeyedSource } from './source-roster.ts';
import type { Swarm } from './swarm.ts';

/** Sources that one download takes from at once. */
const SOURCES_MAX = 16;

/**
 * Fetches what is missing from all sources at once, and finds further ones while it runs. Resolves when nothing is missing,
 * nobody is left to ask, or those who are left have nothing of it while another download waits for this one’s place.
 *
 * @throws SwapmeetError `disk-full`, `disk-error`; the signal's reason
 */
export async function fetchFromAll(swarm: Swarm, signal: AbortSignal): Promise<void> {
  const { job, draft, offer } = swarm;
  const { now, random, timing, gate } = job.context;
  const asked = new Map<string, { readonly source: KeyedSource; readonly fetching: Promise<void> }>();
  const changed = createWake();
  let looks = 0;
  let isIdle = false;
  let nextLookMs = now() + timing.lookAgain.firstMs;
  let busyMs = now();
  let failure: { readonly error: unknown } | undefined;

  function recruit(): void {
    while (asked.size < SOURCES_MAX) {
      const source = job.roster.next(new Set(asked.keys()));
      if (!source) return;
      const fetching = fetchFrom(swarm, source)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          asked.delete(source.key);
          changed.wake();
        });
      asked.set(source.key, { source, fetching });
    }
  }

  /** Looks for further sources ever more rarely, but soon when somebody else turns out to download the same. */
  async function look(): Promise<void> {
    nextLookMs = Infinity;
    await updateRoster(job);
    looks += 1;
    nextLookMs = now() + backOffMs(timing.lookAgain, looks) * (0.75 + random() / 2);
    changed.wake();
  }

  function goesOn(): boolean {
    // Before anybody else is asked: those who end since nothing is missing would be dialled again.
    if (failure || draft.plan.isComplete()) return false;
    recruit();
    if (swarm.isBusy()) busyMs = now();
    if (gate.isWanted() && now() - busyMs >= timing.stallMs) leaveIdle();
    return asked.size > 0 && !isIdle;
  }

  /** They are asked again later: others may be fetching what this one waits for. */
  function leaveIdle(): void {
    isIdle = true;
    const error = new SwapmeetError('no-source', 'nobody who is online has any of the pieces that are missing');
    for (const { source } of asked.values()) job.roster.failed(source, error);
  }

  const stopListening = offer.onInterest(() => {
    nextLookMs = Math.min(nextLookMs, now() + timing.lookAgain.firstMs);
    changed.wake();
  });
  try {
    while (goesOn()) {
      await changed.wait(Math.max(0, Math.min(nextLookMs - now(), timing.stallMs / 4)), signal);
      if (now() >= nextLookMs) void look();
    }
  } finally {
    stopListening();
    swarm.dismissAll();
    await Promise.all(Array.from(asked.values(), ({ fetching }) => fetching));
  }
  if (failure) throw failure.error;
}
