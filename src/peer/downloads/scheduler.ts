import type { Download } from './download.ts';
import type { DownloadContext, Status } from './job.ts';
import { READING_MAX } from './reading/readings.ts';
import type { StoredDownload } from './store/download-store.ts';

/** So many are at work: some fetch, others look for sources. What is slow does not count. All the rest is rows on the disk. */
const HELD_MAX = 12;

/** So many of the queue's front are looked at to find those that may be tried. */
const READY_MAX = 4 * HELD_MAX;

/**
 * One that waits for a source keeps its place at least so long, if others want it. So no more than HELD_MAX in this time
 * are asked after, however many wait.
 */
const REST_MS = 250;

/** While others want a place it is looked so often who has become slow. */
const LOOK_MS = 1_000;

/** Holds the front of the queue at work, and gives everybody a turn who may find a source now. */
export type Scheduler = {
  /** From now on it looks what should be at work. */
  readonly begin: () => void;
  /** Looks what should be at work now: call it after every change of the queue. */
  readonly review: () => void;
  /** One that is at work. */
  readonly held: (id: string) => Download | undefined;
  readonly all: () => readonly Download[];
  /** Resolves when none of these is at work any more. They come back only if the queue still has them open. */
  readonly release: (ids: readonly string[]) => Promise<void>;
  /** Stops all. */
  readonly close: () => Promise<void>;
};

type Held = {
  readonly download: Download;
  readonly stop: AbortController;
  /** Since when nothing can be done for it, by the context's clock. */
  waitingSinceMs: number | undefined;
  isEvicted: boolean;
  finished: Promise<void>;
};

export type SchedulerOptions = {
  readonly context: DownloadContext;
  readonly create: (stored: StoredDownload, onStatus: () => void) => Download;
  /** A download has another status, or is not held any more. */
  readonly onChange: (id: string) => void;
};

export function createScheduler({ context, create, onChange }: SchedulerOptions): Scheduler {
  const { store, readIds, now, timing, log } = context;
  const places = new Map<string, Held>();
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;
  let hasBegun = false;
  let isClosed = false;
  let isReviewing = false;

  function admit(stored: StoredDownload): void {
    const download = create(stored, () => {
      noteStatus(held);
    });
    const held: Held = {
      download,
      stop: new AbortController(),
      waitingSinceMs: undefined,
      isEvicted: false,
      finished: Promise.resolve(),
    };
    places.set(stored.id, held);
    held.finished = download
      .run(held.stop.signal)
      .catch((error: unknown) => {
        log.error({ err: error, id: stored.id }, 'a download stopped; it is tried again');
        held.isEvicted = true;
      })
      .then(() => {
        leave(held);
      });
  }

  function leave(held: Held): void {
    const { id } = held.download.stored;
    places.delete(id);
    if (held.isEvicted) putOff(held);
    onChange(id);
    review();
  }

  /** Its next turn comes after those who wait longer. */
  function putOff({ download }: Held): void {
    const { error } = download.status();
    try {
      store.defer(download.stored.id, now() + timing.retry.lastMs, error);
    } catch (err) {
      log.error({ err, id: download.stored.id }, 'the queue can’t be written');
    }
  }

  function noteStatus(held: Held): void {
    const isWaiting = isStuck(held.download.status());
    if (isWaiting && held.waitingSinceMs === undefined) arm(REST_MS);
    held.waitingSinceMs = isWaiting ? (held.waitingSinceMs ?? now()) : undefined;
    onChange(held.download.stored.id);
  }

  /** What is read goes first; then those that may be tried. None is at work, nor is its content: it can be copied then. */
  function candidates(): readonly StoredDownload[] {
    const contents = new Set(Array.from(places.values(), ({ download }) => contentKey(download.stored)));
    const ready = store.ready(now(), READY_MAX);
    const read = store.readyOf(readIds(), now());
    const first = [...read, ...ready].filter((stored) => {
      const key = contentKey(stored);
      if (contents.has(key)) return false;
      contents.add(key);
      return true;
    });
    // So many of a few contents would hide all others.
    if (ready.length === READY_MAX && first.length === 0) deferCopies(ready);
    return first;
  }

  function deferCopies(ready: readonly StoredDownload[]): void {
    for (const { id } of ready) if (!places.has(id)) store.defer(id, now() + timing.retry.lastMs);
    arm(REST_MS);
  }

  function look(): void {
    const waiting = candidates().filter((stored) => {
      const isAdmitted = hasRoomFor(stored);
      if (isAdmitted) admit(stored);
      return !isAdmitted;
    });
    if (waiting.length > 0) makeRoom(waiting.length);
    else armForNextDue();
  }

  function hasRoomFor({ id }: StoredDownload): boolean {
    const read = readIds().filter((readId) => places.has(readId)).length;
    if (read < READING_MAX && isRead(id)) return true;
    const slow = [...places.values()].filter(({ download }) => download.isSlow() && !isRead(download.stored.id)).length;
    return places.size - Math.min(read, READING_MAX) - slow < HELD_MAX;
  }

  function isRead(id: string): boolean {
    return readIds().includes(id);
  }

  function makeRoom(wanted: number): void {
    const stuck = [...places.values()].filter(
      ({ waitingSinceMs, isEvicted, download }) =>
        waitingSinceMs !== undefined && !isEvicted && !isRead(download.stored.id),
    );
    const ripe = stuck.filter(({ waitingSinceMs = 0 }) => now() - waitingSinceMs >= REST_MS).slice(0, wanted);
    for (const held of ripe) {
      held.isEvicted = true;
      held.stop.abort(new Error('others have their turn'));
    }
    arm(ripe.length < stuck.length ? REST_MS : LOOK_MS);
  }

  function armForNextDue(): void {
    const nextMs = store.nextDueMs(now());
    if (nextMs !== undefined) arm(Math.max(REST_MS, nextMs - now()));
  }

  /** The next look is at the latest then. */
  function arm(delayMs: number): void {
    const atMs = now() + delayMs;
    if (isClosed || atMs >= timerAtMs) return;
    clearTimeout(timer);
    timerAtMs = atMs;
    timer = setTimeout(() => {
      timerAtMs = Number.POSITIVE_INFINITY;
      review();
    }, delayMs).unref();
  }

  function review(): void {
    if (!hasBegun || isClosed || isReviewing) return;
    isReviewing = true;
    try {
      look();
    } catch (err) {
      log.error({ err }, 'the queue can’t be read; it is tried again');
      arm(timing.retry.lastMs);
    } finally {
      isReviewing = false;
    }
  }

  return {
    begin: () => {
      hasBegun = true;
      review();
    },
    review,
    held: (id) => places.get(id)?.download,
    all: () => Array.from(places.values(), ({ download }) => download),
    release: async (ids) => {
      const ending = ids.flatMap((id) => places.get(id) ?? []);
      for (const { stop } of ending) stop.abort(new Error('the queue was changed'));
      await Promise.all(ending.map(({ finished }) => finished));
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      const ending = [...places.values()];
      for (const { stop } of ending) stop.abort(new Error('this peer stops'));
      await Promise.all(ending.map(({ finished }) => finished));
    },
  };
}

/** It can go on only when something happens elsewhere. */
function isStuck({ state, error }: Status): boolean {
  return state === 'waiting' && error !== undefined;
}

/** What only one at a time is at work for: a content, or a folder. */
function contentKey({ id, isFolder, sha1, root = '', sizeBytes }: StoredDownload): string {
  return isFolder ? id : `${sha1} ${root} ${sizeBytes}`;
}
