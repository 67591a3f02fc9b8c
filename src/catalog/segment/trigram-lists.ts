import type { FoldedName } from './folded-name.ts';
import { keepCompiled } from './keep-compiled.ts';
import { createNumbers, withRoom } from './memory.ts';
import { createPostingWriter } from './postings.ts';
import { idleWriter, type SegmentWriter } from './segment-file.ts';
import { trigramKey, unitsOfKey } from './trigrams.ts';

/** The sections of a table that say which names have a trigram, but for the lists themselves. */
export type TrigramSections = {
  readonly keys: Float64Array;
  readonly 'postings.offsets': Uint32Array;
  readonly 'postings.sizes': Uint32Array;
};

/** Units below it are ASCII, and most are. */
const ASCII_UNITS = 128;

/**
 * By ASCII trigram one more than its list, 0 where it has none: here only while it is all 0 and nobody uses it. It takes a tenth
 * of the time of a map, and is too large to be made often.
 */
let asciiLists: Int32Array | undefined;

/** Gives out numbers of lists to trigrams, until `release`. Where that isn’t reached, nobody gets what was used. */
function createListsByKey() {
  const ascii = asciiLists ?? new Int32Array(ASCII_UNITS ** 3);
  asciiLists = undefined;
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
        const place = (first * ASCII_UNITS + second) * ASCII_UNITS + third;
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
      asciiLists = ascii;
    },
  };
}

const PAIRS_MIN = 4096;

/** Gathers the trigrams of names that come in the order of their ids. */
export function createTrigramLists() {
  const { keys, listOf, release } = createListsByKey();
  /** By list: how many names it has, and one more than the last of them, as a name has a trigram once. */
  let sizes = createNumbers(PAIRS_MIN);
  let lastNames = createNumbers(PAIRS_MIN);
  /** Pairs of a list and a name, in order of name. */
  let pairs = createNumbers(PAIRS_MIN);
  let used = 0;

  /** The names of all lists, one list after the other in order of key; `ends` of each list. */
  function namesByList(sortedLists: Uint32Array): { readonly names: Uint32Array; readonly ends: Uint32Array } {
    const ends = createNumbers(keys.length);
    let start = 0;
    for (const list of sortedLists) {
      ends[list] = start;
      start += sizes[list] ?? 0;
    }
    const names = createNumbers(used / 2);
    for (let at = 0; at < used; at += 2) {
      const list = pairs[at] ?? 0;
      const to = ends[list] ?? 0;
      names[to] = pairs[at + 1] ?? 0;
      ends[list] = to + 1;
    }
    return { names, ends };
  }

  return {
    add: (name: number, { units, count }: FoldedName): void => {
      pairs = withRoom(pairs, used + 2 * count);
      sizes = withRoom(sizes, keys.length + count);
      lastNames = withRoom(lastNames, keys.length + count);
      let [first, second] = [units[0] ?? 0, count > 1 ? (units[1] ?? 0) : 0];
      for (let at = 0; at < count; at += 1) {
        const third = at + 2 < count ? (units[at + 2] ?? 0) : 0;
        const list = listOf(first, second, third);
        first = second;
        second = third;
        if (lastNames[list] === name + 1) continue;
        lastNames[list] = name + 1;
        sizes[list] = (sizes[list] ?? 0) + 1;
        pairs[used] = list;
        pairs[used + 1] = name;
        used += 2;
      }
    },
    write: (segment: SegmentWriter, prefix: string): TrigramSections => {
      const sortedKeys = Float64Array.from(keys).sort();
      const sortedLists = Uint32Array.from(sortedKeys, (key) => {
        const [first, second, third] = unitsOfKey(key);
        return listOf(first, second, third);
      });
      const { names, ends } = namesByList(sortedLists);
      const writer = createPostingWriter(segment.section(`${prefix}.postings`));
      let at = 0;
      for (const list of sortedLists) {
        for (const end = ends[list] ?? 0; at < end; at += 1) writer.add(names[at] ?? 0);
        writer.endList();
      }
      const written = writer.finish();
      release();
      return { keys: sortedKeys, 'postings.offsets': written.offsets, 'postings.sizes': written.sizes };
    },
  };
}

const unused = createTrigramLists();
unused.write(idleWriter, '');
keepCompiled(unused);
