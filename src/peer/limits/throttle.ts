import type { Channel } from '../../transport/channel.ts';
import { createFairQueue } from './fair-queue.ts';
import type { RateLimit } from './rate-limit.ts';

/** Who reads, and for what. */
export type Reader = {
  /** Username of the other end, for the limit of each peer. */
  readonly peer: string;
  /** What shares the limit in equal parts: a download, from however many sources. */
  readonly share: string;
};

/** Holds reading to the limits: who has read its share is not read from for a while, so that the other end sends no faster. */
export type Throttle = {
  /** The same channel, read within the limits. What reads it may pause it, too. */
  limit(channel: Channel, reader: Reader): ThrottledChannel;
};

export type ThrottledChannel = Channel & {
  /** Whether it is not read from now, so that the other end is not to blame for what does not come. */
  readonly isHeld: () => boolean;
};

type Held = { readonly peer: string; readonly bytes: () => number; readonly release: () => void };

export function createThrottle(limit: RateLimit): Throttle {
  const queue = createFairQueue<Held>();
  let timer: NodeJS.Timeout | undefined;

  function dispatch(): void {
    clearTimeout(timer);
    for (;;) {
      const next = queue.take((_share, { peer }) => limit.waitMs(peer) === 0);
      if (!next) break;
      const { peer, bytes, release } = next.item;
      limit.spend(peer, bytes());
      queue.charge(next.key, bytes());
      release();
    }
    const waitsMs = queue.order().map(({ item }) => limit.waitMs(item.peer));
    if (waitsMs.length > 0) timer = setTimeout(dispatch, Math.ceil(Math.min(...waitsMs))).unref();
  }

  limit.onChange(dispatch);
  return {
    limit(channel, { peer, share }) {
      let readBytes = 0;
      let isHeld = false;
      let isPaused = false;
      let takeBack = (): void => undefined;

      function release(): void {
        isHeld = false;
        readBytes = 0;
        if (!isPaused) channel.resume();
      }

      function hold(): void {
        isHeld = true;
        channel.pause();
        takeBack = queue.add(share, { peer, bytes: () => readBytes, release });
        dispatch();
      }

      function note(bytes: number): void {
        if (!limit.isOn()) return;
        readBytes += bytes;
        // After the pause a few more chunks may come: they are paid with the others.
        if (!isHeld && readBytes >= limit.stepBytes()) hold();
      }

      void channel.closed.then(() => {
        takeBack();
      });
      return {
        ...channel,
        isHeld: () => isHeld,
        receive: (listener) => {
          channel.receive((chunk) => {
            if (chunk !== undefined) note(chunk.length);
            listener(chunk);
          });
        },
        pause: () => {
          isPaused = true;
          channel.pause();
        },
        resume: () => {
          isPaused = false;
          if (!isHeld) channel.resume();
        },
      };
    },
  };
}
