import { downloadRows, type DownloadRowsOptions } from './download-rows.ts';
import type { Match } from '../../protocol/codecs/watch.ts';
import type { MatchQueue } from './match-queue.ts';

/** A watch as far as its downloading goes. */
type Gettable = { readonly id: string; readonly queue: MatchQueue; readonly stop: AbortController };

export type GetterOptions = DownloadRowsOptions & {
  /** Never rejects. */
  readonly confirm: (match: Match) => Promise<void>;
  /** Is called when a watch has nothing left to download. */
  readonly onDone: () => void;
};

/**
 * What downloads all that waits in a watch's queue, one match after the other, unless it is at it already. What fails is tried
 * again, and nothing behind it is confirmed.
 */
export function createGetter({ confirm, onDone, ...options }: GetterOptions): (watch: Gettable) => void {
  const { log } = options;
  const getting = new Set<string>();

  async function run({ id, queue, stop }: Gettable): Promise<void> {
    const own = { ...options, log: log.child({ watch: id }) };
    for (let match = queue.first(); match; match = queue.first()) {
      await downloadRows(match.rows, own, stop.signal);
      queue.shift();
      await confirm(match);
    }
  }

  function get(watch: Gettable): void {
    const { id, queue, stop } = watch;
    if (getting.has(id)) return;
    getting.add(id);
    run(watch)
      .catch((err: unknown) => {
        log.debug({ err, watch: id }, 'downloading what a watch matched has ended');
      })
      .finally(() => {
        getting.delete(id);
        // Something may have come since the last look.
        if (queue.first() && !stop.signal.aborted) get(watch);
        else onDone();
      });
  }
  return get;
}
