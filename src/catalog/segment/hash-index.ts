import { createNumbers, withRoom } from './memory.ts';

const SLOTS_MIN = 1024;

/** Numbers things from 0 on, each once, by hashes of 32 bits. */
export type HashIndex = {
  /** The number of the thing that is sought, the next one if it has none yet. */
  numberOf(hash: number): number;
  /** Things so far. */
  count: number;
};

/** @param isSought whether the thing of a number is the one that is sought: of those that were numbered, one of its hash */
export function createHashIndex(isSought: (number: number) => boolean): HashIndex {
  /** One more than the number of the thing in each slot, 0 where there is none. At most half of them are taken. */
  let slots = createNumbers(SLOTS_MIN);
  let hashes = createNumbers(SLOTS_MIN);

  function grow(): void {
    slots = createNumbers(slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < index.count; number += 1) {
      let slot = (hashes[number] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
  }

  const index: HashIndex = {
    count: 0,
    numberOf: (hash) => {
      const unsigned = hash >>> 0;
      const mask = slots.length - 1;
      let slot = unsigned & mask;
      for (let taken = slots[slot] ?? 0; taken !== 0; taken = slots[slot] ?? 0) {
        if (hashes[taken - 1] === unsigned && isSought(taken - 1)) return taken - 1;
        slot = (slot + 1) & mask;
      }
      const number = index.count;
      hashes = withRoom(hashes, number + 1);
      hashes[number] = unsigned;
      slots[slot] = number + 1;
      index.count += 1;
      if (index.count * 2 > slots.length) grow();
      return number;
    },
  };
  return index;
}

/** A number of 32 bits that nobody can foresee. */
export function randomNumber(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** A factor of hashes that nobody can foresee: who could, would send names that all have one hash. */
export function randomFactor(): number {
  return randomNumber() | 1;
}

/** Spreads what is different in any bit of a product over the lower ones. */
export function scatter(product: number): number {
  const mixed = Math.imul(product ^ (product >>> 15), 0x2c1b_3c6d);
  return mixed ^ (mixed >>> 13);
}
