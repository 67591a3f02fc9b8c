/** Which pieces somebody has, a bit a piece: piece 0 is the high bit of byte 0 [BEP 3]. */
export function hasBit(bitfield: Uint8Array, index: number): boolean {
  return ((bitfield[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

/** Beyond the end it does nothing. */
export function setBit(bitfield: Uint8Array, index: number): void {
  bitfield[index >> 3] = (bitfield[index >> 3] ?? 0) | (0x80 >> (index & 7));
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
