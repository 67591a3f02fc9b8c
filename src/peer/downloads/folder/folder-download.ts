import { toSwapmeetError, SwapmeetError } from '../../../domain/errors.ts';
import { backOffMs } from '../../back-off.ts';
import type { DownloadView } from '../../control.ts';
import { createSpeedMeter } from '../../speed-meter.ts';
import { createWake } from '../../wake.ts';
import type { Download } from '../download.ts';
import type { DownloadContext, Status } from '../job.ts';
import type { StoredDownload } from '../store/download-store.ts';
import type { FirstFailure } from '../store/folder-files.ts';
import { viewOfFolder } from '../progress/stored-view.ts';
import { flushFiles } from './flush-files.ts';
import { fetchLargeFiles } from './fetch-large.ts';
import { fetchSmallFiles } from './fetch-small.ts';
import type { FolderJob, Pass } from './folder-job.ts';
import { beginListing } from './folder-listing.ts';
import { createNotes } from './notes.ts';
import { settleLocal } from './settle-local.ts';

/** So much of an id tells one download, and its temporary files, from others. */
const ID_UNITS = 8;

/** The download of a folder: one place in the queue, one progress, and all its files in their structure. */
export function createFolderDownload(stored: StoredDownload, context: DownloadContext, onStatus: () => void): Download {
  const { store, timing, log, now } = context;
  const underway = new Set<Download>();
  const liars = store.liars(stored.id);
  const excluded = new Set(liars.map(({ key }) => key));
  const notes = createNotes(store, stored.id);
  const target = { path: stored.path, temporary: `.swapmeet-small-${stored.id.slice(0, ID_UNITS)}-` };
  let status: Status = { state: 'checking' };
  let isLookedAt = false;
  const job: FolderJob = {
    context,
    stored,
    target,
    speed: createSpeedMeter(now),
    wake: createWake(),
    note: notes.add,
    saveNotes: notes.flush,
    recount: notes.reload,
    tell: (next) => {
      status = next;
      onStatus();
    },
    isExcluded: ({ key }) => excluded.has(key),
    exclude: ({ key, username, address }, error) => {
      excluded.add(key);
      liars.push({ key, username });
      store.addLiar(stored.id, { key, username });
      log.warn({ liar: username, address }, error.message);
    },
  };

  function view(): DownloadView {
    const partial = [...underway].map((download) => download.view());
    const tally = notes.tally();
    const verifiedBytes = tally.verifiedBytes + sum(partial, 'verifiedBytes');
    const bytesPerSecond =
      status.state === 'downloading' ? job.speed.bytesPerSecond() + sum(partial, 'bytesPerSecond') : 0;
    return { ...viewOfFolder(stored, { ...tally, verifiedBytes }, liars), ...statusView(status), bytesPerSecond };
  }

  /** Fetches the small files while the list of all is learned. @throws SwapmeetError where that can't be */
  async function fetchListed(signal: AbortSignal): Promise<Pass> {
    const over = new AbortController();
    const listing = beginListing(job, AbortSignal.any([signal, over.signal]));
    try {
      await listing.more();
      notes.reload();
      const small = await fetchSmallFiles(job, listing, signal);
      const failure = await listing.ended;
      if (failure) throw failure;
      return small;
    } finally {
      over.abort();
    }
  }

  /** Returns why some files are missing; undefined when none is. */
  async function pass(signal: AbortSignal): Promise<SwapmeetError | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const small = await fetchListed(signal);
      if (small.obstacle && !isLookedAt) {
        // What this machine has needs no source. Who fetches looks for it anyway, and not each retry is worth a look at every file.
        await settleLocal(job, signal);
        isLookedAt = true;
        continue;
      }
      const large = await fetchLargeFiles(job, underway, signal);
      const obstacle = small.obstacle ?? large.obstacle;
      if (!(small.hasProgress || large.hasProgress)) return obstacle;
      notes.reload();
      // What has the content of another file is looked at once that is there.
      if (settled() === notes.tally().files) return undefined;
    }
  }

  function settled(): number {
    const { filesDone, filesFailed } = notes.tally();
    return filesDone + filesFailed;
  }

  async function attempt(signal: AbortSignal): Promise<SwapmeetError | undefined> {
    try {
      return await pass(signal);
    } catch (error) {
      return toSwapmeetError(error);
    } finally {
      notes.flush();
    }
  }

  function finish(): void {
    const failure = notes.tally().filesFailed > 0 ? store.firstFailure(stored.id) : undefined;
    const error = failure && failedFiles(stored.id, notes.tally().filesFailed, failure);
    store.setOutcome(stored.id, error ? { kind: 'failed', error } : { kind: 'done' });
    job.tell(error ? { state: 'failed', error } : { state: 'done' });
  }

  async function run(signal: AbortSignal): Promise<void> {
    job.tell({ state: 'checking' });
    // They take as long to start as the first page of the list to come.
    context.threads.smallFiles.start();
    let failures = 0;
    for (;;) {
      const before = settled();
      const error = await attempt(signal);
      if (signal.aborted) return;
      if (!error) break;
      failures = settled() > before ? 1 : failures + 1;
      job.tell({ state: 'waiting', error });
      await job.wake.wait(backOffMs(timing.retry, failures), signal).catch(() => undefined);
    }
    await context.threads.smallFiles.call('tidy', { target });
    finish();
    await flushFiles(context, stored, signal);
  }

  function wake(): void {
    job.wake.wake();
    for (const download of underway) download.wake();
  }

  /** Small files come from one peer after the other: that they are slow is not known. */
  function isSlow(): boolean {
    return underway.size > 0 && [...underway].every((download) => download.isSlow());
  }

  return { stored, status: () => status, view, draft: () => undefined, run, wake, isSlow };
}

function sum(views: readonly DownloadView[], field: 'verifiedBytes' | 'bytesPerSecond'): number {
  return views.reduce((total, view) => total + view[field], 0);
}

function statusView({ state, source, error }: Status) {
  return { state, source, error: error && { code: error.code, message: error.message } };
}

function failedFiles(id: string, count: number, { path, message, alike }: FirstFailure): SwapmeetError {
  const [same, others] = [alike - 1, count - alike];
  const more = same > 0 ? ` and ${same} more` : '';
  const rest = others > 0 ? `; ${others} for other reasons` : '';
  const list = count > 1 ? ` (“swapmeet downloads failures ${id.slice(0, ID_UNITS)}” lists them)` : '';
  return new SwapmeetError('bad-path', `not all files could be had: ${path}${more}: ${message}${rest}${list}`);
}
