import { createHashIndex, randomFactor, scatter } from './hash-index.ts';
import { createNumbers, withRoom } from './memory.ts';

/** Pairs of whole numbers, each once, numbered as they come. */
export type PairSet = {
  count: number;
  /** By pair. */
  firsts: Uint32Array;
  seconds: Uint32Array;
  /** Adds a pair, if it isn’t there; returns its number. */
  add(first: number, second: number): number;
};

const PAIRS_MIN = 256;

export function createPairSet(): PairSet {
  const [factor, otherFactor] = [randomFactor(), randomFactor()];
  let [first, second] = [0, 0];
  const index = createHashIndex((pair) => set.firsts[pair] === first && set.seconds[pair] === second);
  const set: PairSet = {
    count: 0,
    firsts: createNumbers(PAIRS_MIN),
    seconds: createNumbers(PAIRS_MIN),
    add: (one, other) => {
      first = one;
      second = other;
      const pair = index.numberOf(scatter(Math.imul(one, factor) + Math.imul(other, otherFactor)));
      if (pair === set.count) {
        set.count += 1;
        set.firsts = withRoom(set.firsts, set.count);
        set.seconds = withRoom(set.seconds, set.count);
        set.firsts[pair] = one;
        set.seconds[pair] = other;
      }
      return pair;
    },
  };
  return set;
}
