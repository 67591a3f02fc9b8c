import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { diskFailure } from '../../storage/disk-failure.ts';
import type { Identity } from '../../transport/identity.ts';
import type { DownloadChange, DownloadFilter, DownloadSelection, DownloadView, FailureView } from '../control.ts';
import type { Throttle } from '../limits/throttle.ts';
import type { Connect } from '../reach/connector.ts';
import type { HashPool } from '../shares/hashing/hash-pool.ts';
import { changeDownloads, resolveId } from './changes.ts';
import { createDownload } from './download.ts';
import { SIZE_BYTES_MAX } from './content.ts';
import { pageOfFailures } from './failures.ts';
import { createFolderDownload } from './folder/folder-download.ts';
import { createGate } from './gate.ts';
import type { DownloadContext, DownloadLink, ListFiles } from './job.ts';
import { createListing } from './listing.ts';
import { mendPart, type PartToMend } from './mend.ts';
import { createPathClaims } from './path-claims.ts';
import { createReadings, READING_MAX, type Readings } from './reading/readings.ts';
import { createResting } from './resting.ts';
import { createScheduler } from './scheduler.ts';
import { TIMING, type Timing } from './sources/timing.ts';
import { addFolder } from './start-folder.ts';
import { beginQueue, keepTrying, tryAll } from './upkeep.ts';
import { openDownloadStore, type StoredDownload } from './store/download-store.ts';
import type { FolderOrigin } from './store/folder-rows.ts';
import { localName } from './target/names.ts';

/** More at once share the same network and disk, and none of them is done sooner. */
const FETCHING_MAX = 4;

/** With those that are slow through their sources, which hold nobody up. */
const FETCHING_SLOW_MAX = 16;

export type DownloadsOptions = {
  /** The file that keeps the queue. */
  readonly database: string;
  /** Absolute: where files go when nobody says otherwise. Made when it is needed. */
  readonly defaultFolder: string;
  readonly link: DownloadLink;
  readonly list: ListFiles;
  readonly identity: Identity;
  readonly throttle: Throttle;
  /** How sources are reached. */
  readonly connect: Connect;
  readonly hashPool: Pick<HashPool, 'hash' | 'verifyPieces'>;
  readonly threads: DownloadContext['threads'];
  /** Files of contents that are shared themselves: these are not fetched, but copied. */
  readonly shared: DownloadContext['shared'];
  readonly parts: DownloadContext['parts'];
  readonly log: Logger;
  /** ms, by a clock that never jumps. */
  readonly now: () => number;
  /** In [0, 1): chooses among equal sources. */
  readonly random?: () => number;
  readonly timing?: Timing;
};

/** The queue of downloads: it goes on by itself, through lost sources, full disks and restarts. */
export type Downloads = {
  /**
   * Starts a download, or joins the one of the same content in the same folder; one that is over or paused begins anew.
   *
   * @param folder absolute; made if need be
   * @throws SwapmeetError `bad-path`, `bad-argument` (also for an absurd size), `disk-error`, `disk-full`
   */
  readonly start: (entry: Entry, folder?: string) => Promise<DownloadView>;
  /**
   * Starts the download of a folder, or joins the one of the same origin that goes to the same place.
   *
   * @throws SwapmeetError `bad-path`, `bad-argument`, `name-conflict`, `disk-error`, `disk-full`; of a new search also `not-found`
   * and as the server answers
   */
  readonly startFolder: (origin: FolderOrigin, folder?: string) => Promise<DownloadView>;
  /** A page of the queue, in its order. */
  readonly list: (request?: PageRequest & { readonly filter?: DownloadFilter | undefined }) => Page<DownloadView>;
  /** One, by its id or what it begins with. @throws SwapmeetError `not-found`, `bad-argument` */
  readonly view: (id: string) => DownloadView;
  /** A page of the files of a folder that failed. @throws as `view`; SwapmeetError `bad-argument` where it is no folder */
  readonly failures: (id: string, request: PageRequest) => Page<FailureView>;
  /** The views of one as they change, until it is done, failed or taken off the list. @throws as `view` */
  readonly watch: (id: string, signal: AbortSignal) => AsyncIterable<DownloadView>;
  /** Returns how many of the selection it applied to. @throws SwapmeetError `not-found`, `bad-argument` */
  readonly change: (selection: DownloadSelection, change: DownloadChange) => Promise<number>;
  /** The bytes of a range of a file, in order, as they are verified: see `Readings`. */
  readonly read: Readings['read'];
  /** Fetches what a file lacks that is in no queue: see `mendPart`. */
  readonly mend: (part: PartToMend, signal: AbortSignal) => Promise<number>;
  /** How many check, copy, fetch or finish now. */
  readonly active: () => number;
  /** Stops; what is under way goes on when the queue is opened again. */
  readonly close: () => Promise<void>;
};

/** Opens the queue and goes on with it. @throws SwapmeetError `disk-error` where the database can't be used */
export function openDownloads(options: DownloadsOptions): Downloads {
  const closing = new AbortController();
  const context = createContext(options, closing.signal, () => readings.readIds());
  const { store } = context;
  const underWay = new Set<Promise<unknown>>();
  const scheduler = createScheduler({
    context,
    create: (stored, onStatus) => (stored.isFolder ? createFolderDownload : createDownload)(stored, context, onStatus),
    onChange: (id) => {
      listing.publish(id);
    },
  });
  const listing = createListing(store, scheduler);
  const readings = createReadings({
    stored: (id) => store.get(id),
    draft: (id) => scheduler.held(id)?.draft(),
    onReaders: heedReaders,
  });
  void track(keepTrying(context, () => beginQueue(context, scheduler)));
  const stopListening = options.link.onOnline(() => {
    for (const { wake } of scheduler.all()) wake();
    void track(keepTrying(context, () => tryAll(context, scheduler)));
  });

  /** What is read from now on waits neither for its next turn nor for others. */
  function heedReaders(id: string): void {
    if (closing.signal.aborted) return;
    if (readings.readIds().includes(id)) tryNow(id);
    scheduler.review();
    context.gate.review();
  }

  function tryNow(id: string): void {
    scheduler.held(id)?.wake();
    try {
      store.undefer([id]);
    } catch (err) {
      options.log.error({ err, id }, 'the queue can’t be written');
    }
  }

  /** The queue stays open until it has ended. */
  function track<T>(work: Promise<T>): Promise<T> {
    const ended = work.finally(() => underWay.delete(ended));
    underWay.add(ended);
    return ended;
  }

  function change(selection: DownloadSelection, wanted: DownloadChange): Promise<number> {
    return track(changeDownloads(context, scheduler, selection, wanted));
  }

  /** One that is over begins anew, one that waits begins now. */
  async function restart({ id, path, outcome }: StoredDownload): Promise<void> {
    if (outcome.kind === 'done') store.setPaths(id, { path });
    store.clearLiars({ ids: [id], outcomes: [outcome.kind] });
    if (outcome.kind !== 'open') store.setOutcome(id, { kind: 'open' });
    await change({ ids: [id] }, { action: 'retry' });
  }

  function add(entry: Entry, name: string, folder: string): string {
    const { sha1, root, sizeBytes } = entry;
    const [id, path] = [randomUUID(), join(folder, name)];
    store.add({
      id,
      isFolder: false,
      name,
      sha1,
      root,
      sizeBytes,
      verifiedBytes: 0,
      folder,
      path,
      outcome: { kind: 'open' },
    });
    scheduler.review();
    return id;
  }

  return {
    start: async (entry, wantedFolder = options.defaultFolder) => {
      if (entry.sizeBytes > SIZE_BYTES_MAX) throw tooLarge(entry);
      const name = localName(entry.path, process.platform);
      const folder = await makeFolder(wantedFolder);
      closing.signal.throwIfAborted();
      const same = store.find({ ...entry, root: entry.root }, folder);
      if (!same) return listing.view(add(entry, name, folder));
      if (same.outcome.kind !== 'open') await restart(same);
      return listing.view(same.id);
    },
    startFolder: async (origin, wantedFolder = options.defaultFolder) => {
      const folder = await makeFolder(wantedFolder);
      closing.signal.throwIfAborted();
      const { id, isNew } = await addFolder(context, origin, folder);
      const stored = store.get(id);
      if (isNew) scheduler.review();
      else if (stored) await restart(stored);
      return listing.view(id);
    },
    list: listing.page,
    view: (id) => listing.view(resolveId(context, id)),
    failures: (id, request) => pageOfFailures(store, resolveId(context, id), request),
    watch: (id, signal) => listing.watch(resolveId(context, id), signal),
    change,
    read: readings.read,
    mend: (part, signal) => mendPart(context, part, signal),
    active: () => listing.active().length,
    close: async () => {
      closing.abort(new SwapmeetError('shutting-down', 'this peer stops'));
      stopListening();
      await scheduler.close();
      await Promise.allSettled(underWay);
      await context.resting.close();
      store.close();
    },
  };
}

function createContext(
  { database, random = Math.random, timing = TIMING, ...options }: DownloadsOptions,
  closing: AbortSignal,
  readIds: DownloadContext['readIds'],
): DownloadContext {
  return {
    ...options,
    closing,
    random,
    timing,
    store: openDownloadStore(database),
    gate: createGate({ places: FETCHING_MAX, slowPlaces: FETCHING_SLOW_MAX, readPlaces: READING_MAX }),
    readIds,
    paths: createPathClaims(),
    resting: createResting(),
  };
}

function tooLarge({ sizeBytes }: Entry): SwapmeetError {
  return new SwapmeetError(
    'bad-argument',
    `a file of ${sizeBytes} bytes is larger than the ${SIZE_BYTES_MAX} that disks take`,
  );
}

/** The folder itself, wherever links on the way lead: what the person chose. */
async function makeFolder(folder: string): Promise<string> {
  if (!isAbsolute(folder)) throw new SwapmeetError('bad-argument', `the folder ${folder} must be an absolute path`);
  try {
    await mkdir(folder, { recursive: true });
    return await realpath(folder);
  } catch (error) {
    throw diskFailure(error, folder);
  }
}
