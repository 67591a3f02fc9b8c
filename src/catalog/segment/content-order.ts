import { createBits, setBit } from './bits.ts';
import { CONTENT_BYTES } from './content-record.ts';
import { orderOf } from './order.ts';
import { createNumbers, numbersAt } from './memory.ts';

/** The entries of a segment in the order of their SHA-1, those of one content after each other. */
export type ContentOrder = {
  /** By place in this order: the first bytes of the SHA-1, ascending. */
  readonly prints: Uint32Array;
  /** By place: the entry. Those of one content are ascending. */
  readonly entries: Uint32Array;
  /** By entry: the first place of its content, which stands for the content. */
  readonly contents: Uint32Array;
  /** A bit for each entry: whether another of the segment has the same content. */
  readonly shared: Uint32Array;
};

/**
 * @param prints by entry: the first bytes of the SHA-1
 * @param hashes by entry: a hash of the whole record
 */
export function orderContents(prints: Uint32Array, hashes: Float64Array): ContentOrder {
  const entries = orderOf(prints);
  const sorted = numbersAt(prints, entries);
  const contents = createNumbers(entries.length);
  const shared = createBits(entries.length);
  let to = 0;
  for (let from = 0; from < entries.length; from = to) {
    do to += 1;
    while (to < entries.length && sorted[to] === sorted[from]);
    if (to > from + 1) entries.subarray(from, to).sort((a, b) => (hashes[a] ?? 0) - (hashes[b] ?? 0) || a - b);
    for (let at = from, first = from; at < to; at += 1) {
      const entry = entries[at] ?? 0;
      const firstEntry = entries[first] ?? 0;
      if (hashes[entry] !== hashes[firstEntry]) first = at;
      contents[entry] = first;
      if (first === at) continue;
      setBit(shared, entry);
      setBit(shared, firstEntry);
    }
  }
  return { prints: sorted, entries, contents, shared };
}

/**
 * Makes a hash of content records: a sum of its 16-bit numbers, each times a random one of 32 bits, which a double holds exactly. That two
 * different records get one number has a chance of one in 2^32, and nobody can aim at it, as the factors are made anew for each segment.
 */
export function createRecordHash(): (bytes: Uint8Array, at: number) => number {
  const factors = Float64Array.from(crypto.getRandomValues(new Uint32Array(Math.ceil(CONTENT_BYTES / 2))));
  return (bytes, at) => {
    let sum = 0;
    for (let index = 0; index < factors.length; index += 1) {
      const low = at + 2 * index;
      const high = 2 * index + 1 < CONTENT_BYTES ? (bytes[low + 1] ?? 0) : 0;
      sum += ((bytes[low] ?? 0) | (high << 8)) * (factors[index] ?? 0);
    }
    return sum;
  };
}
