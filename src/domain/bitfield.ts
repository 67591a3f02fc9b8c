/** Which pieces somebody has, a bit a piece: piece 0 is the high bit of byte 0 [BEP 3]. */
export function hasBit(bitfield: Uint8Array, index: number): boolean {
  return ((bitfield[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

/** Beyond the end it does nothing. */
export function setBit(bitfield: Uint8Array, index: number): void {
  bitfield[index >> 3] = (bitfield[index >> 3] ?? 0) | (0x80 >> (index & 7));
}

/** Beyond the end it does nothing. */
export function clearBit(bitfield: Uint8Array, index: number): void {
  bitfield[index >> 3] = (bitfield[index >> 3] ?? 0) & ~(0x80 >> (index & 7));
}

/**
 * The first piece from `from` on that both have and that fits: of so many that both have, at most. It looks at bytes rather than
 * at pieces, so that a file of which little is left costs little.
 */
export function firstCommonBit(
  one: Uint8Array,
  other: Uint8Array,
  { from, most }: { readonly from: number; readonly most: number },
  fits: (index: number) => boolean,
): number | undefined {
  let looked = 0;
  for (let byte = from >> 3; byte < one.length; byte += 1) {
    for (let both = (one[byte] ?? 0) & (other[byte] ?? 0); both !== 0;) {
      const bit = Math.clz32(both) - 24;
      both &= ~(0x80 >> bit);
      const index = byte * 8 + bit;
      if (index < from) continue;
      if (fits(index)) return index;
      looked += 1;
      if (looked === most) return undefined;
    }
  }
  return undefined;
}

/** The bytes that hold the bits of so many pieces. */
export function bitfieldBytes(pieces: number): number {
  return Math.ceil(pieces / 8);
}

/** A bitfield of `count` pieces, of which the first `held` are there. */
export function leadingBits(count: number, held: number): Uint8Array {
  const bitfield = new Uint8Array(bitfieldBytes(count));
  for (let index = 0; index < held; index += 1) setBit(bitfield, index);
  return bitfield;
}
