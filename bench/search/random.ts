/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `below` - 1. */
export function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}

/** One of a list; the first ones much more often than the last ones, as words are (Zipf). */
export function pickOften<T>(random: () => number, from: readonly T[]): T {
  return at(from, Math.floor(from.length ** random()) - 1);
}

/** One of a list, each as often as another. */
export function pick<T>(random: () => number, from: readonly T[]): T {
  return at(from, below(random, from.length));
}

function at<T>(from: readonly T[], index: number): T {
  const found = from[index];
  if (found === undefined) throw new RangeError(`there is no item ${index} of ${from.length}`);
  return found;
}
