import { isDeepStrictEqual } from 'node:util';
import type { DownloadView } from '../../control.ts';

const PROGRESS_INTERVAL_MS = 200;

/** Tells those who watch a download how it goes on. */
export type ViewFeed = {
  /** The state changed: everybody who watches gets this view. */
  readonly publish: () => void;
  /** The view now, every change of state, progress in between, until it is done or failed or the signal aborts. */
  readonly watch: (signal: AbortSignal) => AsyncIterable<DownloadView>;
};

type Watcher = { readonly views: DownloadView[]; wake: () => void };

/** Whether nothing changes any more. */
export function isOver({ state }: DownloadView): boolean {
  return state === 'done' || state === 'failed';
}

export function createViewFeed(current: () => DownloadView): ViewFeed {
  const watchers = new Set<Watcher>();

  async function* watch(signal: AbortSignal): AsyncGenerator<DownloadView, void, undefined> {
    const watcher: Watcher = { views: [current()], wake: () => undefined };
    watchers.add(watcher);
    let last: DownloadView | undefined;
    try {
      while (!signal.aborted) {
        const view = watcher.views.shift() ?? current();
        if (!isDeepStrictEqual(view, last)) yield view;
        if (isOver(view)) return;
        last = view;
        if (watcher.views.length === 0) await pause(watcher, signal);
      }
    } finally {
      watchers.delete(watcher);
    }
  }

  return {
    watch,
    publish() {
      for (const watcher of watchers) {
        watcher.views.push(current());
        watcher.wake();
      }
    },
  };
}

/** Until the next state or the next time to look at the progress. */
function pause(watcher: Watcher, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, PROGRESS_INTERVAL_MS);
    signal.addEventListener('abort', end);
    watcher.wake = end;
  });
}
