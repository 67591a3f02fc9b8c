import type { Entry } from '../../../domain/entry.ts';
import { toSwapmeetError, type SwapmeetError } from '../../../domain/errors.ts';
import type { Page } from '../../../protocol/codecs/page.ts';
import type { FolderOrigin } from '../store/folder-rows.ts';
import type { FolderJob } from './folder-job.ts';

/** The list of a folder, which is learned from the server while what it names so far is fetched. */
export type FolderListing = {
  /** Undefined once no more comes; else resolves when there is more, or nothing is to come. */
  readonly more: () => Promise<unknown> | undefined;
  /** Resolves when no more comes: with what went wrong, if the list is not whole. */
  readonly ended: Promise<SwapmeetError | undefined>;
};

/** Goes on with the list of a folder, a page at a time, from the first page that is not known. After the signal's abort nothing is kept. */
export function beginListing(job: FolderJob, signal: AbortSignal): FolderListing {
  let news: PromiseWithResolvers<unknown> | undefined = Promise.withResolvers();
  const ended = listAll(
    job,
    () => {
      news?.resolve(undefined);
      news = Promise.withResolvers();
    },
    signal,
  )
    .then(() => undefined, toSwapmeetError)
    .finally(() => {
      news?.resolve(undefined);
      news = undefined;
    });
  return { more: () => news?.promise, ended };
}

/** @throws SwapmeetError as the server answers, and of the disk; the signal's reason */
async function listAll(
  { context, stored, recount }: FolderJob,
  onPage: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { store, list } = context;
  const folder = store.folder(stored.id);
  if (!folder || folder.isListed) return;
  const { origin } = folder;
  let asked: Promise<Page<Entry>> | undefined = list(origin, folder.listedTo);
  while (asked) {
    const { rows, next }: Page<Entry> = await asked;
    signal.throwIfAborted();
    asked = next === undefined ? undefined : list(origin, next);
    // It is awaited once this page is kept, if that can be.
    asked?.catch(() => undefined);
    const entries = rows.flatMap((entry) => belowOrigin(entry, origin));
    store.addFiles(stored.id, entries, next);
    recount();
    onPage();
  }
}

/** With its path below the folder; what a search finds keeps its whole path. */
function belowOrigin(entry: Entry, origin: FolderOrigin): readonly Entry[] {
  if ('query' in origin) return [entry];
  const start = `${origin.path}/`;
  return entry.path.startsWith(start) ? [{ ...entry, path: entry.path.slice(start.length) }] : [];
}
