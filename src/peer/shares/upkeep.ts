import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep, setImmediate as breathe } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DirtyFolders } from './dirty-folders.ts';
import { lookAtShare, type ShareFault, type ShareLook } from './look.ts';
import { repeat } from './repeat.ts';
import type { RetiredFiles } from './store/retired-files.ts';
import type { WatchedShare } from './watched-share.ts';

/** Keeps the index in line with the disk from then on. */
export type Upkeep = {
  /** Looks at everything in all shares. */
  readonly walkAll: () => Promise<void>;
  /** Works until the signal aborts. */
  readonly run: () => Promise<void>;
  readonly isWalking: () => boolean;
  /** Whether the walk that is under way has yet to come to the end of a share. */
  readonly isLooking: (label: string) => boolean;
  /** Why a share can't be read at the moment. */
  readonly faultOf: (label: string) => ShareFault | undefined;
};

type Followed = Pick<WatchedShare, 'share' | 'scanner' | 'isWatched'>;

export type UpkeepOptions = {
  readonly watched: readonly Followed[];
  readonly dirty: DirtyFolders;
  readonly retired: Pick<RetiredFiles, 'labels' | 'purge'>;
  readonly now: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A walk through everything has ended. */
  readonly onWalked: () => void;
};

/** How often it looks whether the shares' folders are there: of a disk that is unplugged no system tells. */
const PRESENCE_CHECK_MS = 2_000;
/** How often it walks through everything, since every system loses events: with and without a watch. */
const WALK_EVERY_MS = 600_000;
const UNWATCHED_WALK_EVERY_MS = 60_000;
/** A walk that takes long is rarer: so it takes at most this part of the time. */
const WALK_PART_OF_TIME = 1 / 20;
/** So long a file's hash is kept after the file was last seen. */
const MISSING_KEPT_MS = 30 * 24 * 3_600_000;

export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { watched, dirty, retired, now, log, signal } = options;
  /** By label: what the last walk met at the share's place. */
  const looks = new Map<string, ShareLook>();
  /** The labels of what the walk that is under way has yet to come to the end of. */
  const ahead = new Set<string>();
  let walks: Promise<unknown> = Promise.resolve();
  let walking = 0;
  let nextWalkMs = Infinity;

  /** One walk at a time: two would only take the disk from each other. */
  function inTurn(walk: () => Promise<void>): Promise<void> {
    walking += 1;
    const turn = walks.then(walk).finally(() => {
      walking -= 1;
      options.onWalked();
    });
    walks = turn.catch(() => undefined);
    return turn;
  }

  async function walkShare({ share, scanner }: Followed): Promise<void> {
    const wasAway = faultOf(share.label) !== undefined;
    const look = await lookAtShare(share);
    looks.set(share.label, look);
    if (!('fault' in look)) {
      if (wasAway) log.info({ share: share.label }, 'the share is back');
    } else if (!wasAway) {
      log.warn({ share: share.label }, `not shared for now: ${look.fault.message}`);
    }
    await scanner.walk(look);
  }

  async function walkShares(shares: readonly Followed[]): Promise<void> {
    for (const { share } of shares) ahead.add(share.label);
    try {
      for (const one of shares) {
        await walkShare(one);
        ahead.delete(one.share.label);
      }
    } finally {
      ahead.clear();
    }
  }

  async function walkNow(): Promise<void> {
    const startMs = performance.now();
    // For the case that this one fails.
    nextWalkMs = startMs + UNWATCHED_WALK_EVERY_MS;
    await walkShares(watched);
    await purge();
    const everyMs = watched.every((share) => share.isWatched()) ? WALK_EVERY_MS : UNWATCHED_WALK_EVERY_MS;
    const endMs = performance.now();
    nextWalkMs = endMs + Math.max(everyMs, (endMs - startMs) / WALK_PART_OF_TIME);
  }

  /** What is away with its share is kept for when that is back. */
  async function purge(): Promise<void> {
    for (const label of retired.labels()) {
      if (faultOf(label)) continue;
      while (retired.purge(label, now() - MISSING_KEPT_MS)) await breathe(undefined, { signal });
    }
  }

  async function checkPresence(): Promise<void> {
    await sleep(PRESENCE_CHECK_MS, undefined, { signal });
    if (walking > 0) return;
    if (performance.now() >= nextWalkMs) await inTurn(walkNow);
    for (const one of watched) await checkShare(one);
  }

  /** Walks a share whose folder went away, came back or was replaced since the last walk. Returns whether it did. */
  async function checkShare(one: Followed): Promise<boolean> {
    const known = looks.get(one.share.label);
    if (known === undefined || isDeepStrictEqual(known, await lookAtShare(one.share))) return false;
    await inTurn(() => walkShares([one]));
    return true;
  }

  async function rescanDirty(): Promise<void> {
    for (const folder of await dirty.next(signal)) {
      const one = watched.find(({ share }) => share === folder.place.share);
      if (!one) continue;
      const isRoot = folder.place.disk === one.share.folder;
      if (!isRoot || !(await checkShare(one))) await one.scanner.rescan(folder);
    }
  }

  function faultOf(label: string): ShareFault | undefined {
    const look = looks.get(label);
    return look && 'fault' in look ? look.fault : undefined;
  }

  return {
    walkAll: () => inTurn(walkNow),
    async run() {
      await Promise.all([
        repeat(rescanDirty, 'looking at changed folders failed', options),
        repeat(checkPresence, 'looking through the shares failed', options),
      ]);
      await walks;
    },
    isWalking: () => walking > 0,
    isLooking: (label) => ahead.has(label),
    faultOf,
  };
}
