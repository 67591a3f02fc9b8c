import { createNumbers } from './memory.ts';

/** So many bits, none of them set, in words of 32. */
export function createBits(count: number): Uint32Array {
  return createNumbers((count + 31) >>> 5);
}

export function setBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

export function clearBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) & ~(1 << (at & 31));
}

export function hasBit(bits: Uint32Array, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

/** The first place in [from, end) whose bit isn't set, `end` where there is none. */
export function nextUnset(bits: Uint32Array, from: number, end: number): number {
  for (let at = from; at < end; at = (at | 31) + 1) {
    const unset = ~(bits[at >>> 5] ?? 0) >>> (at & 31);
    if (unset !== 0) return Math.min(end, at + 31 - Math.clz32(unset & -unset));
  }
  return end;
}
