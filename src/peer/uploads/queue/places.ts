import type { Queued } from '../../../protocol/codecs/queued.ts';

/** Somebody who waits. */
export type Waiter = {
  /** Since when, ms. */
  readonly sinceMs: number;
  readonly onQueued: (place: Queued) => void;
};

/** Tells those who wait where they stand: the first time after a second, then when it changes much, else now and then. */
export type Places = {
  /** Somebody began to wait. */
  watch(): void;
  close(): void;
};

export type PlacesOptions = {
  /** Who waits, the next one first. */
  readonly order: () => readonly Waiter[];
  /** Seconds until so many turns are over. */
  readonly secondsFor: (turns: number) => number | undefined;
  /** ms */
  readonly now: () => number;
};

const LOOK_MS = 500;
const TOLD_FIRST_MS = 1_000;
/** Who waits is to hear of it every 10 s; this leaves time for the way. [PROTOCOL §8] */
const TOLD_AGAIN_MS = 5_000;
/** A place has changed much when it is so far from the last one, as a part of that. */
const MUCH = 1 / 4;

type Told = { readonly position: number; readonly atMs: number };

export function createPlaces({ order, secondsFor, now }: PlacesOptions): Places {
  const told = new WeakMap<Waiter, Told>();
  let timer: NodeJS.Timeout | undefined;

  function tell(waiter: Waiter, position: number): void {
    const last = told.get(waiter);
    const isDue = last
      ? now() - last.atMs >= TOLD_AGAIN_MS || Math.abs(position - last.position) >= Math.max(1, last.position * MUCH)
      : now() - waiter.sinceMs >= TOLD_FIRST_MS;
    if (!isDue) return;
    told.set(waiter, { position, atMs: now() });
    waiter.onQueued({ position, estimateS: secondsFor(position) });
  }

  function look(): void {
    const waiting = order();
    waiting.forEach((waiter, at) => {
      tell(waiter, at + 1);
    });
    if (waiting.length > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    watch() {
      timer ??= setInterval(look, LOOK_MS);
    },
    close() {
      clearInterval(timer);
    },
  };
}
