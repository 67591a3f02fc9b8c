import { createHashIndex, randomFactor, randomNumber, scatter } from './hash-index.ts';
import { createBytes, createNumbers, withRoom } from './memory.ts';
import { sortNames } from './name-order.ts';

/** Names as bytes, each once, numbered as they come. */
export type NameSet = {
  count: number;
  /** All names, one after the other. */
  bytes: Uint8Array;
  /** By name: where it begins, which is where the one before it ends. */
  starts: Uint32Array;
  /** Adds a name, if it isn’t there; returns its number. */
  add(source: Uint8Array, from: number, to: number): number;
  /** The numbers of all names in the order of their bytes. */
  inOrder(): Uint32Array;
};

const NAMES_MIN = 256;
const BYTES_MIN = 4096;

export function createNameSet(): NameSet {
  const [beginning, factor] = [randomNumber(), randomFactor()];
  let sought: { source: Uint8Array; from: number; to: number } = { source: new Uint8Array(0), from: 0, to: 0 };
  const index = createHashIndex((name) => {
    const { source, from, to } = sought;
    const start = set.starts[name] ?? 0;
    if ((set.starts[name + 1] ?? 0) - start !== to - from) return false;
    for (let at = from; at < to; at += 1) if (source[at] !== set.bytes[start + at - from]) return false;
    return true;
  });

  /**
   * A hash that nobody can foresee. Without the shift at each byte it would be a polynomial of the factor, and names can be
   * chosen (Thue–Morse sequences, for one) that have one hash together under every odd factor.
   */
  function hashOf(source: Uint8Array, from: number, to: number): number {
    let hash = beginning ^ (to - from);
    for (let at = from; at < to; at += 1) {
      hash = Math.imul(hash ^ (source[at] ?? 0), factor);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  function append(source: Uint8Array, from: number, to: number): void {
    const start = set.starts[set.count] ?? 0;
    const end = start + to - from;
    if (end > set.bytes.length) {
      const larger = createBytes(end * 2);
      larger.set(set.bytes);
      set.bytes = larger;
    }
    for (let at = from; at < to; at += 1) set.bytes[start + at - from] = source[at] ?? 0;
    set.count += 1;
    set.starts = withRoom(set.starts, set.count + 1);
    set.starts[set.count] = end;
  }

  const set: NameSet = {
    count: 0,
    bytes: new Uint8Array(BYTES_MIN),
    starts: createNumbers(NAMES_MIN),
    add: (source, from, to) => {
      sought = { source, from, to };
      const name = index.numberOf(scatter(hashOf(source, from, to)));
      if (name === set.count) append(source, from, to);
      return name;
    },
    inOrder: () => {
      const names = createNumbers(set.count);
      for (let name = 0; name < set.count; name += 1) names[name] = name;
      sortNames(names, set);
      return names;
    },
  };
  return set;
}
