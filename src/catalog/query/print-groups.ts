/** Items in ascending order of their prints, taken one by one: `print` is `AFTER_PRINTS` after the last. */
export type PrintCursor<Item> = { print: number; readonly item: Item; next(): void };

/** Above all prints. */
export const AFTER_PRINTS = 2 ** 32;

/** Goes through cursors as one: gives all items of the lowest print, then those of the next one, and so on. */
export function* groupsByPrint<Item>(cursors: readonly PrintCursor<Item>[]): Generator<readonly Item[]> {
  // Cursors in order make a heap.
  const heap = [...cursors].sort((a, b) => a.print - b.print);
  let first = heap[0];
  while (first !== undefined && first.print !== AFTER_PRINTS) {
    const { print } = first;
    const group: Item[] = [];
    while (first.print === print) {
      group.push(first.item);
      first.next();
      first = sinkFirst(heap, first);
    }
    yield group;
  }
}

/** Puts the first of a heap in its place after it went on. Returns the one that is first then. */
function sinkFirst<Item>(heap: PrintCursor<Item>[], moved: PrintCursor<Item>): PrintCursor<Item> {
  let at = 0;
  for (;;) {
    let lowest = moved;
    let place = at;
    for (let child = 2 * at + 1; child <= 2 * at + 2; child += 1) {
      const other = heap[child];
      if (other === undefined || other.print >= lowest.print) continue;
      lowest = other;
      place = child;
    }
    heap[at] = lowest;
    if (place === at) return heap[0] ?? moved;
    at = place;
  }
}
