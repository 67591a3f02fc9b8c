import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import { backOffMs } from '../../back-off.ts';
import type { Job } from '../job.ts';

/**
 * Resolves when there is a source to ask. As long as there is none, the download waits, and asks the server again: ever more
 * rarely, but at once when the link to it comes back.
 *
 * @throws the signal's reason
 */
export async function awaitUsableSource(job: Job, signal: AbortSignal): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    const error = await updateRoster(job);
    signal.throwIfAborted();
    if (job.roster.next()) return;
    job.tell({ state: 'waiting', error });
    await job.wake.wait(waitMs(job, failures), signal);
  }
}

/** Asks the server who has the content. Returns why there may be nobody to ask. */
export async function updateRoster({ context, content, roster }: Job): Promise<SwapmeetError> {
  try {
    roster.update(await context.link.sources(content.sha1, content.root));
    return roster.lastFailure() ?? noSource();
  } catch (error) {
    return toSwapmeetError(error);
  }
}

function noSource(): SwapmeetError {
  return new SwapmeetError('no-source', 'nobody who is online offers it now; it goes on by itself when somebody does');
}

/** Until it is worth to look again: a source that failed has its own time. */
function waitMs({ context, roster }: Job, failures: number): number {
  const askAgainMs = backOffMs(context.timing.retry, failures);
  const retryMs = (roster.nextRetryMs() ?? Number.POSITIVE_INFINITY) - context.now();
  return Math.max(0, Math.min(askAgainMs, retryMs));
}
