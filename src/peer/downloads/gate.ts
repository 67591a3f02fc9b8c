/** Work that wants in. */
export type Entrant = {
  /** Somebody reads what it gives: it waits for none of the others. */
  readonly isRead: () => boolean;
  /** It is slow through others: what it would take to be quick is free for somebody else. */
  readonly isSlow: () => boolean;
  /** It finds no room now. */
  readonly onWait: () => void;
};

/** While somebody waits it is looked so often who has become slow. */
const LOOK_MS = 1_000;

/** Lets in so many at a time; the others wait, in order. What is slow does not count, and what is read has places of its own. */
export type Gate = {
  /** Runs the work once there is room. Rejects with the signal's reason while it waits. */
  run<T>(entrant: Entrant, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Looks who may come in now: call it when one of those who wait is read. */
  review(): void;
  /** Whether somebody waits for a place. */
  isWanted(): boolean;
};

export type GateBounds = {
  readonly places: number;
  /** With those that are slow at most so many are inside. */
  readonly slowPlaces: number;
  /** Of what is read so many have places beside the others. */
  readonly readPlaces: number;
};

export function createGate({ places, slowPlaces, readPlaces }: GateBounds): Gate {
  const inside = new Set<Entrant>();
  const waiting = new Map<Entrant, () => void>();
  let timer: NodeJS.Timeout | undefined;

  function hasRoomFor(entrant: Entrant): boolean {
    const read = [...inside].filter(({ isRead }) => isRead()).length;
    if (read < readPlaces && entrant.isRead()) return true;
    const slow = [...inside].filter(({ isRead, isSlow }) => isSlow() && !isRead()).length;
    const taken = inside.size - Math.min(read, readPlaces);
    return taken < slowPlaces && taken - slow < places;
  }

  function review(): void {
    for (const [entrant, admit] of waiting) if (hasRoomFor(entrant)) admit();
    clearTimeout(timer);
    if (waiting.size > 0) timer = setTimeout(review, LOOK_MS).unref();
  }

  async function enter(entrant: Entrant, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const giveUp = (): void => {
      waiting.delete(entrant);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    waiting.set(entrant, () => {
      signal.removeEventListener('abort', giveUp);
      waiting.delete(entrant);
      inside.add(entrant);
      resolve(undefined);
    });
    review();
    if (waiting.has(entrant)) entrant.onWait();
    await promise;
  }

  return {
    review,
    isWanted: () => waiting.size > 0,
    async run(entrant, work, signal) {
      await enter(entrant, signal);
      try {
        return await work();
      } finally {
        inside.delete(entrant);
        review();
      }
    },
  };
}
