import { SwapmeetError } from '../../domain/errors.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import type { DownloadFilter, DownloadView } from '../control.ts';
import { viewOfCancelled, viewOfFolder, viewOfStored } from './progress/stored-view.ts';
import { createViewFeed, type ViewFeed } from './progress/view-feed.ts';
import type { Scheduler } from './scheduler.ts';
import type { DownloadStore, StoredDownload } from './store/download-store.ts';
import type { OutcomeKind } from './store/rows.ts';

/** What is seen of the queue: rows of the disk, and of those that are at work how far they are now. */
export type Listing = {
  readonly page: (request?: PageRequest & { readonly filter?: DownloadFilter | undefined }) => Page<DownloadView>;
  /** @throws SwapmeetError `not-found` */
  readonly view: (id: string) => DownloadView;
  readonly watch: (id: string, signal: AbortSignal) => AsyncIterable<DownloadView>;
  /** Those that check, copy, fetch or finish now. */
  readonly active: () => readonly DownloadView[];
  /** A download has changed: who watches it is told. */
  readonly publish: (id: string) => void;
};

const OUTCOMES: Readonly<Record<Exclude<DownloadFilter, 'active'>, readonly OutcomeKind[] | undefined>> = {
  all: undefined,
  waiting: ['open'],
  paused: ['paused'],
  failed: ['failed'],
  done: ['done'],
};

export function createListing(store: DownloadStore, scheduler: Scheduler): Listing {
  // Only of those that somebody watches.
  const feeds = new Map<string, { readonly feed: ViewFeed; watchers: number }>();

  function viewsOf(rows: readonly StoredDownload[]): readonly DownloadView[] {
    const liars = store.liarsOf(rows.map(({ id }) => id));
    return rows.map((stored) => {
      const held = scheduler.held(stored.id);
      if (held) return held.view();
      const folder = stored.isFolder ? store.folder(stored.id) : undefined;
      const its = liars.get(stored.id) ?? [];
      return folder ? viewOfFolder(stored, { ...stored, ...folder }, its) : viewOfStored(stored, its);
    });
  }

  function find(id: string): DownloadView | undefined {
    const stored = store.get(id);
    return stored && viewsOf([stored])[0];
  }

  function view(id: string): DownloadView {
    const found = find(id);
    if (found) return found;
    throw new SwapmeetError('not-found', `there is no download ${id}: “swapmeet downloads” lists them`);
  }

  function active(): readonly DownloadView[] {
    return scheduler
      .all()
      .map((download) => download.view())
      .filter(isActive);
  }

  function openFeed(id: string) {
    let last = view(id);
    const feed = createViewFeed(() => {
      last = find(id) ?? viewOfCancelled(last);
      return last;
    });
    const opened = { feed, watchers: 0 };
    feeds.set(id, opened);
    return opened;
  }

  async function* watch(id: string, signal: AbortSignal): AsyncGenerator<DownloadView, void, undefined> {
    const watched = feeds.get(id) ?? openFeed(id);
    watched.watchers += 1;
    try {
      yield* watched.feed.watch(signal);
    } finally {
      watched.watchers -= 1;
      if (watched.watchers === 0) feeds.delete(id);
    }
  }

  return {
    view,
    watch,
    active,
    page: ({ filter = 'all', ...request } = {}) => {
      if (filter === 'active') return { rows: active() };
      const { rows, next } = store.page({ ...request, outcomes: OUTCOMES[filter] });
      const views = viewsOf(rows);
      const shown = filter === 'waiting' ? views.filter((row) => !isActive(row)) : views;
      return { rows: shown, ...(next === undefined ? {} : { next }) };
    },
    publish: (id) => {
      feeds.get(id)?.feed.publish();
    },
  };
}

function isActive({ state }: DownloadView): boolean {
  return state === 'checking' || state === 'copying' || state === 'downloading' || state === 'finishing';
}
