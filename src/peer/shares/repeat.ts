import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

const RETRY_MS = 5_000;

/** Does a thing again and again until the signal aborts; when it fails, logs that and pauses. Never rejects. */
export async function repeat(
  step: () => Promise<void>,
  failure: string,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  const isStopped = (): boolean => signal.aborted;
  while (!isStopped()) {
    try {
      await step();
    } catch (error) {
      if (isStopped()) return;
      log.error({ err: error }, `${failure}; trying again`);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
