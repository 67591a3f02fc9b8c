import { SwapmeetError } from '../domain/errors.ts';

/** Runs at most so many tasks at a time; a bounded number wait for their turn, in order. */
export type Semaphore = {
  /** @throws SwapmeetError `busy` where too many wait already; else whatever the task throws */
  run<T>(task: () => Promise<T>): Promise<T>;
};

export function createSemaphore(slots: number, waitingMax: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = slots;

  async function enter(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (waiting.length >= waitingMax) {
      throw new SwapmeetError('busy', 'too many such requests are waiting; try again in a minute');
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** Hands the slot on rather than freeing it, so that nobody overtakes those who wait. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async run(task) {
      await enter();
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
