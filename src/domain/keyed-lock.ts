/** Lets one task at a time run for each key, in the order in which they came. */
export type KeyedLock = {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
};

export function createKeyedLock(): KeyedLock {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async run(key, task) {
      const before = tails.get(key);
      const { promise: tail, resolve: release } = Promise.withResolvers<undefined>();
      tails.set(key, tail);
      await before;
      try {
        return await task();
      } finally {
        release(undefined);
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
}
