/** Lets in so many at a time; the others wait, in order. */
export type Gate = {
  /** Runs the work once there is room. Rejects with the signal's reason while it waits. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Whether whoever comes now has to wait. */
  isFull(): boolean;
  /** Whether somebody waits for a place. */
  isWanted(): boolean;
};

export function createGate(places: number): Gate {
  const waiting = new Set<() => void>();
  let free = places;

  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const admit = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        waiting.delete(admit);
        reject(signal.reason as Error);
      };
      waiting.add(admit);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Hands the place on rather than freeing it, so that nobody overtakes those who wait. */
  function leave(): void {
    const [next] = waiting;
    if (!next) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return {
    isFull: () => free === 0,
    isWanted: () => waiting.size > 0,
    async run(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
