import { createPostingWriter } from './postings.ts';
import type { SegmentWriter } from './segment-file.ts';
import { eachTrigram, trigramKey } from './trigrams.ts';
import { copyNumbers, createNumbers } from './memory.ts';

/** The sections of a table that say which names have a trigram, but for the lists themselves. */
export type TrigramSections = {
  readonly keys: Float64Array;
  readonly 'postings.offsets': Uint32Array;
  readonly 'postings.sizes': Uint32Array;
};

/** Units below it are ASCII, and most are. */
const ASCII_UNITS = 128;

/** By ASCII trigram one more than its list, 0 where it has none. It takes a tenth of the time of a map, and is too large to be made often. */
let asciiLists: Int32Array | undefined;

function placeOf(first: number, second: number, third: number): number {
  return (first * ASCII_UNITS + second) * ASCII_UNITS + third;
}

/** Gives out numbers of lists to trigrams. One at a time is in use, until `release`. */
function createListsByKey() {
  const ascii = (asciiLists ??= new Int32Array(ASCII_UNITS ** 3));
  const used: number[] = [];
  const others = new Map<number, number>();
  const keys: number[] = [];

  function newList(key: number): number {
    keys.push(key);
    return keys.length - 1;
  }

  return {
    keys,
    listOf: (first: number, second: number, third: number): number => {
      if ((first | second | third) < ASCII_UNITS) {
        const place = placeOf(first, second, third);
        const known = ascii[place] ?? 0;
        if (known !== 0) return known - 1;
        const list = newList(trigramKey(first, second, third));
        ascii[place] = list + 1;
        used.push(place);
        return list;
      }
      const key = trigramKey(first, second, third);
      const known = others.get(key);
      if (known !== undefined) return known;
      const list = newList(key);
      others.set(key, list);
      return list;
    },
    release: (): void => {
      for (const place of used) ascii[place] = 0;
    },
  };
}

/** Gathers the trigrams of names that come in the order of their ids. */
export function createTrigramLists() {
  const { keys, listOf, release } = createListsByKey();
  const sizes: number[] = [];
  /** The name that each list was given last: a name has a trigram once. */
  const lastName: number[] = [];
  /** Pairs of a list and a name, in order of name. */
  let pairs = createNumbers(1024);
  let used = 0;

  function addPair(list: number, name: number): void {
    if (used + 2 > pairs.length) {
      const larger = createNumbers(pairs.length * 2);
      larger.set(pairs);
      pairs = larger;
    }
    pairs[used] = list;
    pairs[used + 1] = name;
    used += 2;
  }

  return {
    add: (name: number, folded: string): void => {
      eachTrigram(folded, (first, second, third) => {
        const list = listOf(first, second, third);
        if (lastName[list] === name) return;
        lastName[list] = name;
        sizes[list] = (sizes[list] ?? 0) + 1;
        addPair(list, name);
      });
    },
    write: (segment: SegmentWriter, prefix: string): TrigramSections => {
      const starts = createNumbers(sizes.length);
      for (let list = 1; list < sizes.length; list += 1) {
        starts[list] = (starts[list - 1] ?? 0) + (sizes[list - 1] ?? 0);
      }
      const names = createNumbers(used / 2);
      const next = copyNumbers(starts);
      for (let at = 0; at < used; at += 2) {
        const list = pairs[at] ?? 0;
        const to = next[list] ?? 0;
        names[to] = pairs[at + 1] ?? 0;
        next[list] = to + 1;
      }
      const order = keys.map((_, list) => list).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
      const writer = createPostingWriter(segment.section(`${prefix}.postings`));
      for (const list of order) {
        const from = starts[list] ?? 0;
        for (let at = from; at < from + (sizes[list] ?? 0); at += 1) writer.add(names[at] ?? 0);
        writer.endList();
      }
      const lists = writer.finish();
      release();
      return {
        keys: Float64Array.from(order, (list) => keys[list] ?? 0),
        'postings.offsets': lists.offsets,
        'postings.sizes': lists.sizes,
      };
    },
  };
}
