import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import { backOffMs, type BackOff } from '../back-off.ts';

export type DownloadRowsOptions = {
  readonly startDownload: (entry: Entry) => Promise<unknown>;
  readonly retry: BackOff;
  readonly log: Logger;
};

/** What a person mends, sooner or later. Anything else lies in the entry, and stays. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['disk-full', 'disk-error', 'shutting-down', 'busy', 'timeout']);

/**
 * Starts a download of each, again and again while the disk refuses; skips what can never be downloaded.
 *
 * @throws the signal's reason
 */
export async function downloadRows(
  rows: readonly Entry[],
  { startDownload, retry, log }: DownloadRowsOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const { path, sizeBytes, sha1, root } of rows) {
    const entry = root === undefined ? { path, sizeBytes, sha1 } : { path, sizeBytes, sha1, root };
    for (let failures = 1; ; failures += 1) {
      signal.throwIfAborted();
      const error = await startDownload(entry).then(
        () => undefined,
        (reason: unknown) => toSwapmeetError(reason),
      );
      if (!error) {
        log.info({ path }, 'a watch matched: downloading');
        break;
      }
      signal.throwIfAborted();
      if (!PASSING.has(error.code)) {
        log.warn({ err: error, path }, 'a watch matched what can’t be downloaded; it is skipped');
        break;
      }
      log.warn({ err: error, path }, 'what a watch matched can’t be downloaded now; it is tried again');
      await sleep(backOffMs(retry, failures), undefined, { signal });
    }
  }
}
