import type { PieceRange } from '../protocol/codecs/availability.ts';

/** The ranges that indexes of pieces, in ascending order, make. */
export function rangesOf(indexes: Iterable<number>): PieceRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const index of indexes) {
    const range = ranges.at(-1);
    if (range && index === range.last + 1) range.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges;
}
