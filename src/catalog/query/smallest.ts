/**
 * The `count` smallest of some numbers in an order of their own, ascending. Most of many are left out after one comparison: with
 * the largest of those that are kept, which a heap has on top.
 */
export function smallest(
  numbers: Iterable<number>,
  count: number,
  compare: (a: number, b: number) => number,
): number[] {
  const heap: number[] = [];
  for (const number of numbers) {
    if (heap.length < count) {
      heap.push(number);
      if (heap.length === count) for (let at = count >>> 1; at >= 0; at -= 1) sink(heap, at, compare);
    } else if (compare(number, heap[0] ?? 0) < 0) {
      heap[0] = number;
      sink(heap, 0, compare);
    }
  }
  return heap.sort(compare);
}

/** Moves what is at a place below all that are larger. */
function sink(heap: number[], from: number, compare: (a: number, b: number) => number): void {
  const moved = heap[from] ?? 0;
  let at = from;
  for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && compare(heap[child + 1] ?? 0, heap[child] ?? 0) > 0) child += 1;
    const larger = heap[child] ?? 0;
    if (compare(larger, moved) <= 0) break;
    heap[at] = larger;
    at = child;
  }
  heap[at] = moved;
}
