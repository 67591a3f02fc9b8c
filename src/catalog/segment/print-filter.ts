import { createBits, hasBit, setBit } from './bits.ts';

/** Bits an entry at least, and two of them for each print: of those that nothing has, about one in thirty passes. */
const BITS_PER_ENTRY = 8;
const BITS_MIN = 1024;
/** An odd number without a pattern: times it, prints that begin alike are far apart. */
const SCATTER = 0x9e37_79b1;

/** Bits for prints: two are set for each that some entry has. */
export function createPrintFilter(prints: Uint32Array): Uint32Array {
  const bits = createBits(2 ** Math.ceil(Math.log2(Math.max(BITS_MIN, prints.length * BITS_PER_ENTRY))));
  const shift = shiftOf(bits);
  for (const print of prints) {
    setBit(bits, print >>> shift);
    setBit(bits, Math.imul(print, SCATTER) >>> shift);
  }
  return bits;
}

/** Whether some entry may have the print. */
export function mayHavePrint(filter: Uint32Array, print: number): boolean {
  const shift = shiftOf(filter);
  return hasBit(filter, print >>> shift) && hasBit(filter, Math.imul(print, SCATTER) >>> shift);
}

/** How far a number of 32 bits is shifted to be a place in the filter, which has at most 2^32 of them. */
function shiftOf(filter: Uint32Array): number {
  return Math.clz32(filter.length * 32 - 1);
}
