import { CONTENT_BYTES } from '../segment/content-record.ts';
import type { Segment } from '../segment/segment.ts';

/** Records that are remembered, a power of two: some 4 MB a thread, and only once so many were looked at. */
const SLOTS = 2 ** 16;
/** An odd number without a pattern: neighbours lie in slots of their own, and so do equal places of two segments. */
const SCATTER = 0x9e37_79b1;

/** The records of contents that were looked at last, whatever their segments. */
export type RecentRecords = {
  /** Where the record that was found last lies. */
  readonly bytes: Buffer;
  /** The place of an entry’s record in `bytes`, good until the next is sought. */
  find(segment: Segment, entry: number): number;
};

/**
 * Remembers records: each would be a read of a file at a place far from the last, which takes longer than all else that a row
 * needs, and the contents that one query finds are likely to be found by the next.
 */
export function createRecentRecords(slots = SLOTS): RecentRecords {
  const bytes = Buffer.alloc(slots * CONTENT_BYTES);
  const entries = new Uint32Array(slots);
  /** By slot: the number of the segment, from 1 on. */
  const owners = new Uint32Array(slots);
  const numbers = new WeakMap<Segment, number>();
  let lastNumber = 0;

  function numberOf(segment: Segment): number {
    const known = numbers.get(segment);
    if (known !== undefined) return known;
    lastNumber += 1;
    numbers.set(segment, lastNumber);
    return lastNumber;
  }

  return {
    bytes,
    find: (segment, entry) => {
      const number = numberOf(segment);
      const slot = (Math.imul(entry, SCATTER) + number) & (slots - 1);
      const at = slot * CONTENT_BYTES;
      if (owners[slot] === number && entries[slot] === entry) return at;
      const { contents } = segment;
      // Nothing is known of the slot while it is filled: reading may throw.
      owners[slot] = 0;
      const from = contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
      contents.window.copy(bytes, at, from, from + CONTENT_BYTES);
      owners[slot] = number;
      entries[slot] = entry;
      return at;
    },
  };
}
