import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import { backOffMs } from '../back-off.ts';
import type { Job } from './job.ts';

/**
 * Resolves when somebody online offers the content. Until then nothing of the download is on disk but its row in the queue:
 * a hundred thousand may wait.
 *
 * @throws the signal's reason
 */
export async function awaitSource(job: Job, signal: AbortSignal): Promise<void> {
  const { timing } = job.context;
  for (let failures = 1; ; failures += 1) {
    const error = await whyNone(job);
    signal.throwIfAborted();
    if (!error) return;
    job.tell({ state: 'waiting', error });
    await job.wake.wait(backOffMs(timing.retry, failures), signal);
  }
}

async function whyNone({ context, content }: Job): Promise<SwapmeetError | undefined> {
  try {
    const sources = await context.link.sources(content.sha1, content.root);
    return sources.length > 0 ? undefined : noSource();
  } catch (error) {
    return toSwapmeetError(error);
  }
}

function noSource(): SwapmeetError {
  return new SwapmeetError('no-source', 'nobody who is online offers it now; it goes on by itself when somebody does');
}
