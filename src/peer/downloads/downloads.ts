import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Identity } from '../../transport/identity.ts';
import type { DownloadView } from '../control.ts';
import type { HashPool } from '../shares/hashing/hash-pool.ts';
import { createAssembler } from './assembly/assembler.ts';
import { diskFailure } from '../../storage/disk-failure.ts';
import { createDownload, type Download } from './download.ts';
import { createGate } from './gate.ts';
import type { DownloadContext, DownloadLink } from './job.ts';
import { createPathClaims } from './path-claims.ts';
import { isOver } from './progress/view-feed.ts';
import { TIMING, type Timing } from './sources/timing.ts';
import { openDownloadStore, type StoredDownload } from './store/download-store.ts';
import { localName } from './target/names.ts';

/** What ext4 and most others take at most; a larger size is somebody’s joke, and its pieces would fill the memory. */
const SIZE_BYTES_MAX = 2 ** 44;

/** More at once share the same network and disk, and none of them is done sooner. */
const FETCHING_MAX = 4;

export type DownloadsOptions = {
  /** The file that keeps the queue. */
  readonly database: string;
  /** Absolute: where files go when nobody says otherwise. Made when it is needed. */
  readonly defaultFolder: string;
  readonly link: DownloadLink;
  readonly identity: Identity;
  readonly hashPool: Pick<HashPool, 'hash' | 'verifyPieces'>;
  readonly log: Logger;
  /** Unix ms. */
  readonly now: () => number;
  /** In [0, 1): chooses among equal sources. */
  readonly random?: () => number;
  readonly timing?: Timing;
};

/** The queue of downloads: it goes on by itself, through lost sources, full disks and restarts. */
export type Downloads = {
  /**
   * Starts a download, or joins the one of the same content in the same folder; one that is over begins anew.
   *
   * @param folder absolute; made if need be
   * @throws SwapmeetError `bad-path`, `bad-argument` (also for an absurd size), `disk-error`, `disk-full`
   */
  readonly start: (entry: Entry, folder?: string) => Promise<DownloadView>;
  /** All downloads, in the order in which they were first started. */
  readonly list: () => readonly DownloadView[];
  /** The views of one as they change, until it is done or failed. @throws SwapmeetError `not-found` */
  readonly watch: (id: string, signal: AbortSignal) => AsyncIterable<DownloadView>;
  /** How many check, fetch or finish now. */
  readonly active: () => number;
  /** Stops; what is under way goes on when the queue is opened again. */
  readonly close: () => Promise<void>;
};

/** Opens the queue and goes on with it. @throws SwapmeetError `disk-error` where the database can't be used */
export function openDownloads(options: DownloadsOptions): Downloads {
  const context = createContext(options);
  const { store, paths, log } = context;
  const stop = new AbortController();
  const downloads = new Map<string, Download>();
  const running = new Set<Promise<void>>();

  function launch(stored: StoredDownload): Download {
    const download = createDownload(stored, context);
    downloads.set(stored.id, download);
    if (stored.outcome.kind !== 'open') return download;
    paths.take(stored.path, stored.id);
    const run = download
      .run(stop.signal)
      .catch((error: unknown) => {
        log.error({ err: error, id: stored.id }, 'a download stopped; it goes on after a restart');
      })
      .finally(() => running.delete(run));
    running.add(run);
    return download;
  }

  function relaunch({ stored, view }: Download): Download {
    store.clearLiars(stored.id);
    store.setPaths(stored.id, { path: view().path });
    store.setOutcome(stored.id, { kind: 'open' });
    return launch({ ...stored, path: view().path, partPath: undefined, outcome: { kind: 'open' } });
  }

  function find({ sha1, root, sizeBytes }: Entry, folder: string): Download | undefined {
    return [...downloads.values()].find(
      ({ stored }) =>
        stored.sha1 === sha1 && stored.root === root && stored.sizeBytes === sizeBytes && stored.folder === folder,
    );
  }

  for (const stored of store.all()) launch(stored);
  const stopListening = options.link.onOnline(() => {
    for (const download of downloads.values()) download.wake();
  });

  return {
    start: async (entry, wantedFolder = options.defaultFolder) => {
      if (entry.sizeBytes > SIZE_BYTES_MAX) throw tooLarge(entry);
      const name = localName(entry.path, process.platform);
      const folder = await makeFolder(wantedFolder);
      stop.signal.throwIfAborted();
      const same = find(entry, folder);
      if (same) return (isOver(same.view()) ? relaunch(same) : same).view();
      const { sha1, root, sizeBytes } = entry;
      const path = join(folder, name);
      const stored = {
        id: randomUUID(),
        name,
        sha1,
        root,
        sizeBytes,
        folder,
        path,
        outcome: { kind: 'open' },
      } as const;
      store.add(stored, options.now());
      return launch(stored).view();
    },
    list: () => [...downloads.values()].map(({ view }) => view()),
    watch: (id, signal) => {
      const download = downloads.get(id);
      if (download) return download.watch(signal);
      throw new SwapmeetError('not-found', `there is no download ${id}: list them to see which there are`);
    },
    active: () => [...downloads.values()].filter(({ view }) => isAtWork(view())).length,
    close: async () => {
      stopListening();
      stop.abort(new SwapmeetError('shutting-down', 'this peer stops'));
      await Promise.all(running);
      await context.assembler.close();
      store.close();
    },
  };
}

function createContext({
  database,
  random = Math.random,
  timing = TIMING,
  ...options
}: DownloadsOptions): DownloadContext {
  return {
    ...options,
    random,
    timing,
    store: openDownloadStore(database),
    assembler: createAssembler(),
    gate: createGate(FETCHING_MAX),
    paths: createPathClaims(),
  };
}

function tooLarge({ sizeBytes }: Entry): SwapmeetError {
  return new SwapmeetError(
    'bad-argument',
    `a file of ${sizeBytes} bytes is larger than the ${SIZE_BYTES_MAX} that disks take`,
  );
}

function isAtWork({ state }: DownloadView): boolean {
  return state === 'checking' || state === 'downloading' || state === 'finishing';
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
