import { keepCompiled } from './keep-compiled.ts';
import { compareBytes } from './name-table.ts';

/** Names as they lie one after the other, with where each begins, and after the last where it ends. */
type Names = { readonly bytes: Uint8Array; readonly starts: Uint32Array };

/** So few names are put in their order one by one. */
const FEW = 12;
/** What stands for the byte after a name’s last. */
const ENDED = -1;

/**
 * Sorts names by their bytes, a byte at a time: those that begin alike are told apart by the next one, without comparing again
 * what they share. [Bentley and Sedgewick 1997]
 *
 * @param numbers of the names: they are sorted
 */
export function sortNames(numbers: Uint32Array, names: Names): void {
  createSorter(numbers, names).sort(0, numbers.length, 0);
}

function createSorter(numbers: Uint32Array, { bytes, starts }: Names) {
  function byteAt(name: number, depth: number): number {
    const at = (starts[name] ?? 0) + depth;
    return at < (starts[name + 1] ?? 0) ? (bytes[at] ?? 0) : ENDED;
  }

  function swap(one: number, other: number): void {
    const kept = numbers[one] ?? 0;
    numbers[one] = numbers[other] ?? 0;
    numbers[other] = kept;
  }

  function insertEach(from: number, to: number, depth: number): void {
    for (let next = from + 1; next < to; next += 1) {
      const name = numbers[next] ?? 0;
      let at = next;
      for (; at > from && compareFrom(name, numbers[at - 1] ?? 0, depth) < 0; at -= 1)
        numbers[at] = numbers[at - 1] ?? 0;
      numbers[at] = name;
    }
  }

  function compareFrom(one: number, other: number, depth: number): number {
    const [a, b] = [(starts[one] ?? 0) + depth, (starts[other] ?? 0) + depth];
    return compareBytes(bytes, a, starts[one + 1] ?? 0, bytes, b, starts[other + 1] ?? 0);
  }

  /** Sorts names that have the first `depth` bytes in common. */
  function sort(from: number, to: number, depth: number): void {
    while (to - from > FEW) {
      const pivot = medianOf(
        byteAt(numbers[from] ?? 0, depth),
        byteAt(numbers[(from + to) >>> 1] ?? 0, depth),
        byteAt(numbers[to - 1] ?? 0, depth),
      );
      let [low, high] = [from, to];
      for (let at = from; at < high;) {
        const byte = byteAt(numbers[at] ?? 0, depth);
        if (byte < pivot) swap(at++, low++);
        else if (byte > pivot) swap(at, --high);
        else at += 1;
      }
      // The largest part is next here, the others are sorted at once: so calls lie only as deep as parts can be halved.
      const same = pivot === ENDED ? 0 : high - low;
      const isBelowLargest = low - from >= Math.max(same, to - high);
      const isSameLargest = !isBelowLargest && same >= to - high;
      if (!isBelowLargest) sort(from, low, depth);
      if (!isSameLargest && same > 0) sort(low, high, depth + 1);
      if (isBelowLargest || isSameLargest) sort(high, to, depth);
      if (isBelowLargest) to = low;
      else if (isSameLargest) [from, to, depth] = [low, high, depth + 1];
      else from = high;
    }
    insertEach(from, to, depth);
  }

  return { sort };
}

keepCompiled(createSorter(new Uint32Array(), { bytes: new Uint8Array(), starts: new Uint32Array() }));

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
