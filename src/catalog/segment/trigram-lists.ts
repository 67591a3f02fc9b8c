import { createPostingWriter } from './postings.ts';
import type { SegmentWriter } from './segment-file.ts';
import { trigramsOfName } from './trigrams.ts';

/** The sections of a table that say which names have a trigram, but for the lists themselves. */
export type TrigramSections = {
  readonly keys: Float64Array;
  readonly 'postings.offsets': Uint32Array;
  readonly 'postings.sizes': Uint32Array;
};

/** Gathers the trigrams of names that come in the order of their ids. */
export function createTrigramLists() {
  const listOf = new Map<number, number>();
  const keys: number[] = [];
  const sizes: number[] = [];
  /** The name that each list was given last: a name has a trigram once. */
  const lastName: number[] = [];
  /** Pairs of a list and a name, in order of name. */
  let pairs = new Uint32Array(1024);
  let used = 0;

  function addPair(list: number, name: number): void {
    if (used + 2 > pairs.length) {
      const larger = new Uint32Array(pairs.length * 2);
      larger.set(pairs);
      pairs = larger;
    }
    pairs[used] = list;
    pairs[used + 1] = name;
    used += 2;
  }

  function newList(key: number): number {
    keys.push(key);
    sizes.push(0);
    lastName.push(-1);
    listOf.set(key, keys.length - 1);
    return keys.length - 1;
  }

  return {
    add: (name: number, folded: string): void => {
      for (const key of trigramsOfName(folded)) {
        const list = listOf.get(key) ?? newList(key);
        if (lastName[list] === name) continue;
        lastName[list] = name;
        sizes[list] = (sizes[list] ?? 0) + 1;
        addPair(list, name);
      }
    },
    write: (segment: SegmentWriter, prefix: string): TrigramSections => {
      const starts = new Uint32Array(sizes.length);
      for (let list = 1; list < sizes.length; list += 1) {
        starts[list] = (starts[list - 1] ?? 0) + (sizes[list - 1] ?? 0);
      }
      const names = new Uint32Array(used / 2);
      const next = starts.slice();
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
      return {
        keys: Float64Array.from(order, (list) => keys[list] ?? 0),
        'postings.offsets': lists.offsets,
        'postings.sizes': lists.sizes,
      };
    },
  };
}
