/** Numbers of a block, as a power of two. */
const BLOCK_BITS = 7;

/**
 * Finds the part that a number lies in, of parts that follow each other: the last one that begins at or before it.
 * A search by halves over a million parts takes twenty steps, each far from the last; this one takes two or three.
 *
 * @param starts where each part begins, ascending, the first at 0; of parts that begin together, all but the last are empty
 * @param end where the last part ends
 */
export function createBlockIndex(starts: Uint32Array, end: number): (number: number) => number {
  // By block: the last part that begins at or before its first number.
  const parts = new Uint32Array((end >>> BLOCK_BITS) + 2);
  let part = 0;
  for (let block = 0; block < parts.length; block += 1) {
    while (part + 1 < starts.length && (starts[part + 1] ?? 0) <= block << BLOCK_BITS) part += 1;
    parts[block] = part;
  }
  return (number) => {
    const block = number >>> BLOCK_BITS;
    let low = parts[block] ?? 0;
    let high = parts[block + 1] ?? 0;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}
