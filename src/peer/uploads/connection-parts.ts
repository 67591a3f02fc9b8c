import { rangesOf } from '../piece-ranges.ts';
import type { HeldPart } from '../parts/held-part.ts';
import { createWake } from '../wake.ts';
import type { Has } from '../../protocol/codecs/availability.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens within so long travels together. */
const HAS_GATHER_MS = 20;
/** A connection is told of a part at most so often, and more rarely the more there are: each HAS costs both ends as much as data. */
const HAS_INTERVAL_MS = { min: 100, aHolder: 50, max: 400 } as const;
/** Ranges in one HAS, of either kind: with the longest numbers they fit. */
const RANGES_MAX = 2_000;
/** Parts that one connection follows. */
const FOLLOWED_MAX = 64;

/** The parts that one connection fetches from, and is told of. */
export type ConnectionParts = {
  /** One that this connection holds, even if it is no part any more. */
  readonly find: (sha1: string, root: string | undefined) => HeldPart | undefined;
  /** Keeps the file of a part open until the connection ends. */
  readonly hold: (part: HeldPart) => void;
  /** Holds a part, and tells of its further pieces from now on. */
  readonly follow: (part: HeldPart) => void;
  /** The connection has ended. */
  readonly end: () => void;
};

/** @param tell sends a HAS; resolves when it is on its way, rejects when the connection is gone */
export function createConnectionParts(tell: (has: Has) => Promise<void>): ConnectionParts {
  const held = new Map<HeldPart, () => void>();
  const followed = new Set<HeldPart>();
  const ended = new AbortController();

  function hold(part: HeldPart): void {
    if (!held.has(part) && !ended.signal.aborted) held.set(part, part.hold());
  }

  return {
    hold,
    find: (sha1, root) =>
      [...held.keys()].find(({ content }) => content.sha1 === sha1 && (root === undefined || content.root === root)),
    follow(part) {
      hold(part);
      if (followed.has(part) || followed.size >= FOLLOWED_MAX) return;
      followed.add(part);
      // Who is gone needs to be told nothing.
      tellNews(part, tell, ended.signal).catch(() => undefined);
    },
    end() {
      ended.abort();
      for (const letGo of held.values()) letGo();
      held.clear();
    },
  };
}

async function tellNews(part: HeldPart, tell: (has: Has) => Promise<void>, signal: AbortSignal): Promise<void> {
  const { content, plan } = part;
  const news = createWake();
  const fresh = new Set<number>();
  let hasNews = plan.coming().length > 0;
  const stops = [
    plan.verified.onAdd((index) => fresh.add(index)),
    plan.onNews(() => {
      hasNews = true;
      news.wake();
    }),
  ];
  try {
    for (let pauseMs = HAS_GATHER_MS; ; pauseMs = intervalMs(part)) {
      await sleep(pauseMs, undefined, { signal });
      if (!hasNews) {
        await news.wait(undefined, signal);
        await sleep(HAS_GATHER_MS, undefined, { signal });
      }
      hasNews = false;
      const held = rangesOf([...fresh].sort((one, other) => one - other));
      fresh.clear();
      for (let at = 0; at === 0 || at < held.length; at += RANGES_MAX) {
        const coming = rangesOf(plan.coming()).slice(0, RANGES_MAX);
        await tell({ sha1: content.sha1, root: content.root, held: held.slice(at, at + RANGES_MAX), coming });
      }
    }
  } finally {
    for (const stop of stops) stop();
  }
}

function intervalMs({ holders }: HeldPart): number {
  return Math.min(Math.max(HAS_INTERVAL_MS.min, holders() * HAS_INTERVAL_MS.aHolder), HAS_INTERVAL_MS.max);
}
