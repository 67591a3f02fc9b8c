/** Bytes from `offset` on, in the file. */
export type ByteRange = { readonly offset: number; readonly length: number };

/** Adds a range behind the others, to the last of them where it follows it. */
export function addRange(ranges: ByteRange[], { offset, length }: ByteRange): void {
  const last = ranges.at(-1);
  if (last && last.offset + last.length === offset)
    ranges[ranges.length - 1] = { ...last, length: last.length + length };
  else ranges.push({ offset, length });
}

/** The bytes of a range, from bytes that lie at `offset` of the file. */
export function rangeOf(bytes: Uint8Array, offset: number, range: ByteRange): Uint8Array {
  return bytes.subarray(range.offset - offset, range.offset - offset + range.length);
}
