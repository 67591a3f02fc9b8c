import type { Entry } from '../../../domain/entry.ts';
import type { FolderOrigin } from '../store/folder-rows.ts';
import type { FolderJob } from './folder-job.ts';

/** Learns from the server which files a folder has, a page at a time: after a restart it goes on with the next. @throws SwapmeetError */
export async function listFolder({ context, stored }: FolderJob, signal: AbortSignal): Promise<void> {
  const { store, list } = context;
  for (;;) {
    const folder = store.folder(stored.id);
    if (!folder || folder.isListed) return;
    const page = await list(folder.origin, folder.listedTo);
    signal.throwIfAborted();
    store.addFiles(
      stored.id,
      page.rows.flatMap((entry) => belowOrigin(entry, folder.origin)),
      page.next,
    );
  }
}

/** With its path below the folder; what a search finds keeps its whole path. */
function belowOrigin(entry: Entry, origin: FolderOrigin): readonly Entry[] {
  if ('query' in origin) return [entry];
  const start = `${origin.path}/`;
  return entry.path.startsWith(start) ? [{ ...entry, path: entry.path.slice(start.length) }] : [];
}
