import { SwapmeetError } from '../../../domain/errors.ts';
import { HEADER_BYTES } from '../../../protocol/frame.ts';
import { createFairQueue } from '../../limits/fair-queue.ts';
import type { RateLimit } from '../../limits/rate-limit.ts';
import { createSpeedMeter } from '../../speed-meter.ts';
import { createActiveTurns } from './active-turns.ts';
import { createFramePool, FRAME_DATA_BYTES } from './frame-pool.ts';
import { createPlaces, type Waiter } from './places.ts';
import { createTurnFrames, type Turn } from './turn.ts';

/** So many requests may wait: of all peers, and of one. */
const WAITING_MAX = 2_000;
const WAITING_A_PEER_MAX = 64;

/** A turn while others wait: less would cost more time than it is worth. */
const TURN_BYTES = 1024 * 1024;
/**
 * A frame while others wait: what Node and OpenSSL hold of each that is on its way grows with it, there are many, and V8 collects
 * all its garbage again and again for that. With its header it fills records of TLS, but for the last of a read, and Node hands
 * them to the system at once. A frame to who is alone is larger, which takes a tenth less of the processor's time.
 */
const SHARED_FRAME_BYTES = 128 * 1024 - HEADER_BYTES;
/** Who has taken so many bytes since the turn began, or since the last time, is not slow. */
const PROGRESS_BYTES = 2 * SHARED_FRAME_BYTES;

export type TurnRequest = Pick<Waiter, 'onQueued'> & {
  /** Who asks, by username: one peer, however many connections it has. */
  readonly peer: string;
  /** What is left of its range. */
  readonly wantedBytes: number;
  /** Part of the reply has been sent: it is finished before others of this peer are begun. */
  readonly hasBegun: boolean;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
};

/**
 * Shares the uploading between peers: each gets as many bytes as any other, whatever it asks for on however many connections.
 * As long as nobody else wants anything, a peer goes on without waiting.
 */
export type UploadQueue = {
  /** Waits for a turn. @throws SwapmeetError `busy` where too many wait; the signal's reason */
  readonly turn: (request: TurnRequest) => Promise<Turn>;
  /** The slots have changed. */
  readonly slotsChanged: () => void;
  /** How many turns are under way. */
  readonly active: () => number;
  /** How many wait for one. */
  readonly waiting: () => number;
  readonly close: () => void;
};

export type UploadQueueOptions = {
  /** So many peers are served at the same time; those that read slowly count less. */
  readonly slots: () => number;
  readonly limit: RateLimit;
  /** A peer of twice the weight gets twice the bytes. */
  readonly weightOf: (peer: string) => number;
  /** ms */
  readonly now: () => number;
};

type WaitingTurn = Waiter & { readonly wantedBytes: number; readonly grant: (turn: Turn) => void };

export function createUploadQueue({ slots, limit, weightOf, now }: UploadQueueOptions): UploadQueue {
  const queue = createFairQueue<WaitingTurn>(weightOf);
  const turns = createActiveTurns(slots, dispatch);
  const pool = createFramePool();
  const speed = createSpeedMeter(now);
  const places = createPlaces({ order: () => queue.order().map(({ item }) => item), secondsFor, now });
  let timer: NodeJS.Timeout | undefined;

  function stepBytes(): number {
    return Math.min(TURN_BYTES, limit.stepBytes());
  }

  function secondsFor(count: number): number | undefined {
    const bytesPerSecond = speed.bytesPerSecond();
    return bytesPerSecond === 0 ? undefined : Math.ceil((count * stepBytes()) / bytesPerSecond);
  }

  function pay(peer: string, wantedBytes: number): number {
    const bytes = Math.min(wantedBytes, stepBytes());
    limit.spend(peer, bytes);
    queue.charge(peer, bytes);
    speed.add(bytes);
    return bytes;
  }

  /**
   * While others want something, too, a peer has one turn at a time: its connections don't count. Who is alone has no more turns
   * than there are slots, slow ones included, so that whoever comes next finds room.
   */
  function mayServe(peer: string): boolean {
    const isAlone = !turns.othersHave(peer) && !queue.othersWait(peer);
    return turns.countOf(peer) < (isAlone ? slots() : 1) && limit.waitMs(peer) === 0;
  }

  function begin(peer: string, wantedBytes: number): Turn {
    const frames = createTurnFrames(pool);
    const active = turns.begin(peer, dispatch);
    const bytes = pay(peer, wantedBytes);
    let paidBytes = bytes;
    let takenBytes = 0;
    let isOver = false;
    return {
      bytes,
      extend(moreBytes) {
        const isUsedUp = paidBytes >= TURN_BYTES && queue.size() > 0;
        if (isUsedUp || limit.waitMs(peer) > 0) return 0;
        const nextBytes = pay(peer, moreBytes);
        paidBytes += nextBytes;
        return nextBytes;
      },
      nextMemory: frames.next,
      frameBytes() {
        const frameBytes = queue.size() > 0 ? SHARED_FRAME_BYTES : FRAME_DATA_BYTES;
        // What is sent next is not taken yet.
        if (takenBytes >= PROGRESS_BYTES) {
          takenBytes = 0;
          active.progress();
        }
        takenBytes += frameBytes;
        return frameBytes;
      },
      end() {
        if (isOver) return;
        isOver = true;
        frames.release();
        active.end();
        dispatch();
      },
    };
  }

  function dispatch(): void {
    clearTimeout(timer);
    while (queue.size() > 0 && turns.hasSlot()) {
      // Looked at first: a wait that is over once nobody was found must not pass for none, or nobody would look again.
      const waitsMs = limit.isOn() ? queue.keys().flatMap((peer) => limit.waitMs(peer) || []) : [];
      const next = limit.waitMs() > 0 ? undefined : queue.take(mayServe);
      if (!next) {
        awaitLimit(waitsMs);
        return;
      }
      next.item.grant(begin(next.key, next.item.wantedBytes));
    }
  }

  /** Where the limit holds somebody back, it will allow it after some time; else the end of a turn will. */
  function awaitLimit(waitsMs: readonly number[]): void {
    if (waitsMs.length > 0) timer = setTimeout(dispatch, Math.ceil(Math.min(...waitsMs)));
  }

  function assertRoom(peer: string): void {
    if (queue.size() < WAITING_MAX && queue.sizeOf(peer) < WAITING_A_PEER_MAX) return;
    throw new SwapmeetError('busy', 'too many downloads from this peer wait already: try again in a minute');
  }

  limit.onChange(dispatch);
  return {
    async turn({ peer, wantedBytes, hasBegun, signal, onQueued }) {
      signal.throwIfAborted();
      if (!hasBegun) assertRoom(peer);
      const granted = Promise.withResolvers<Turn>();
      const waiter = { sinceMs: now(), onQueued, wantedBytes, grant: granted.resolve };
      const takeBack = queue.add(peer, waiter, hasBegun);
      const giveUp = (): void => {
        takeBack();
        granted.reject(signal.reason);
        dispatch();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      dispatch();
      if (queue.size() > 0) places.watch();
      try {
        return await granted.promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    slotsChanged: dispatch,
    active: turns.count,
    waiting: queue.size,
    close() {
      clearTimeout(timer);
      places.close();
    },
  };
}
