import { createBits, hasBit, setBit } from './bits.ts';

/** Bits an entry at least: one print in eight that nothing has passes. */
const BITS_PER_ENTRY = 8;
const BITS_MIN = 1024;

/** A bit for each beginning of a print: set where some entry’s print begins so. */
export function createPrintFilter(prints: Uint32Array): Uint32Array {
  const bits = createBits(2 ** Math.ceil(Math.log2(Math.max(BITS_MIN, prints.length * BITS_PER_ENTRY))));
  for (const print of prints) setBit(bits, placeOf(bits, print));
  return bits;
}

/** Whether some entry may have the print. */
export function mayHavePrint(filter: Uint32Array, print: number): boolean {
  return hasBit(filter, placeOf(filter, print));
}

/** The highest bits of a print, as many as number the filter’s places; it has at most 2^32 of them. */
function placeOf(filter: Uint32Array, print: number): number {
  return Math.floor(print / (2 ** 32 / (filter.length * 32)));
}
