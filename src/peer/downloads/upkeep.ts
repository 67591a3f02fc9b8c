import { setImmediate as turnEnd, setTimeout as delay } from 'node:timers/promises';
import type { DownloadContext } from './job.ts';
import type { Scheduler } from './scheduler.ts';
import { inSteps, REMOVAL_ROWS, STEP_ROWS, type StepContext } from './steps.ts';

/** Of those that are done so many stay on the list until they are cleared; those at the front go by themselves. */
const DONE_MAX = 10_000;

/** Does what nobody waits for, and again later if it fails, until the peer stops. */
export async function keepTrying(
  { timing, log, closing }: Pick<DownloadContext, 'timing' | 'log' | 'closing'>,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      closing.throwIfAborted();
      await work();
      return;
    } catch (err) {
      if (closing.aborted) return;
      log.error({ err }, 'the queue can’t be written; it is tried again');
      await delay(timing.retry.lastMs, undefined, { signal: closing, ref: false }).catch(() => undefined);
    }
  }
}

/**
 * Makes a queue that another process left ready to be gone on with, then begins. A long one takes its time, and lets others have
 * their turn.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`, `shutting-down`
 */
export async function beginQueue(context: StepContext, scheduler: Scheduler): Promise<void> {
  // Only what is not doubted may be counted, shown as done or copied from.
  while (context.store.doubtUnflushed(STEP_ROWS)) {
    await turnEnd();
    context.closing.throwIfAborted();
  }
  scheduler.begin();
  await tryAll(context, scheduler);
  await prune(context);
}

/** All that waits may be tried at once, in the order of the queue. @throws SwapmeetError as above */
export async function tryAll(context: StepContext, scheduler: Scheduler): Promise<void> {
  if (context.store.hasDeferred()) {
    for await (const ids of inSteps(context, { outcomes: ['open'] })) {
      context.store.undefer(ids);
      scheduler.review();
    }
  }
  scheduler.review();
}

async function prune(context: StepContext): Promise<void> {
  let surplus = context.store.count('done') - DONE_MAX;
  if (surplus <= 0) return;
  const outcomes = ['done'] as const;
  for await (const ids of inSteps(context, { outcomes }, 'front', REMOVAL_ROWS)) {
    surplus -= context.store.remove({ ids: ids.slice(0, surplus), outcomes });
    if (surplus <= 0) return;
  }
}
