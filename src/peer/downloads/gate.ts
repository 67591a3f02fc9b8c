/** Work that wants in. */
export type Entrant = {
  /** Somebody reads what it gives: it waits for none of the others. */
  readonly isRead: () => boolean;
  /** It finds no room now. */
  readonly onWait: () => void;
};

/** Lets in so many at a time; the others wait, in order. What is read has places of its own. */
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
  /** Of what is read so many have places beside the others. */
  readonly readPlaces: number;
};

export function createGate({ places, readPlaces }: GateBounds): Gate {
  const inside = new Set<Entrant>();
  const waiting = new Map<Entrant, () => void>();

  function hasRoomFor(entrant: Entrant): boolean {
    const read = [...inside].filter(({ isRead }) => isRead()).length;
    return inside.size - Math.min(read, readPlaces) < places || (read < readPlaces && entrant.isRead());
  }

  function review(): void {
    for (const [entrant, admit] of waiting) if (hasRoomFor(entrant)) admit();
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
