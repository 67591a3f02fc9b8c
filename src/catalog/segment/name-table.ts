import { createByteWriter, type ByteWriter } from './byte-writer.ts';
import { textOfBytes } from './bytes.ts';
import { groupPlaces } from './order.ts';
import { END, everyId, intersect, openPostings, unite, type IdStream, type Postings } from './postings.ts';
import { createRecordWriter, openRecords, type Records } from './records.ts';
import { idleWriter, type SegmentParts, type SegmentWriter } from './segment-file.ts';
import { trigramRanges, type KeyRange } from './trigrams.ts';
import { keepCompiled } from './keep-compiled.ts';

/**
 * The names of a segment's files, or of its folders: each once, the shortest first (by the UTF-16 units of the folded name, then by
 * the bytes of the name itself). An id is a name’s place in that order, so ids that come early are what a search wants first.
 */
export type NameTable = {
  readonly count: number;
  /** The names as UTF-8, by id. */
  readonly names: Records;
  /** The lists of those that have a trigram, by the trigram's place in `keys`. */
  readonly postings: Postings;
  readonly keys: Float64Array;
  /** UTF-16 units of the name, folded. */
  unitsOf(id: number): number;
  /** The first id of names that have more units, where there are any. */
  endOfUnits(units: number): number;
  textOf(id: number): string;
  /** How many names may contain the text, at most. */
  atMost(text: string): number;
  /** Ids of names that may contain all of the texts, ascending. At most as many lists are read as help. */
  mayContain(texts: readonly string[]): IdStream;
  /** Ids of names that may end in one of the texts. */
  mayEndIn(texts: readonly string[]): IdStream;
  /** The id of a name, or undefined. */
  idOf(name: Uint8Array, units: number): number | undefined;
  /** Calls back with each of the places (entries, or folders) that have the name, ascending. */
  eachPlace(id: number, visit: (place: number) => void): void;
};

/** Of a range of trigrams in more names than one in so many, no list is read: names that have them follow each other closely. */
const COMMON_SHARE = 16;
/** Reading a name takes as long as reading so many ids of a list, and each list that is read leaves out some of the names. */
const IDS_PER_NAME = 64;
const SHARE_LEFT = 1 / 4;

/** The lists of the trigrams in a range, and how many ids they have together. */
type FoundLists = { readonly lists: readonly number[]; readonly size: number };

const KNOWN_TEXTS_MAX = 16;

export function openNameTable(parts: SegmentParts, prefix: string): NameTable {
  const unitStarts = parts.u32(`${prefix}.units`);
  const keys = parts.f64(`${prefix}.keys`);
  const names = openRecords(parts.bytes(`${prefix}.names`).window, parts.u32(`${prefix}.names.index`));
  const places = openRecords(parts.bytes(`${prefix}.places`).window, parts.u32(`${prefix}.places.index`));
  const postings = openPostings(
    parts.bytes(`${prefix}.postings`),
    parts.u32(`${prefix}.postings.offsets`),
    parts.u32(`${prefix}.postings.sizes`),
  );
  const count = unitStarts.at(-1) ?? 0;

  /** By text: the lists of each of its trigrams. One query asks for the same text several times. */
  const known = new Map<string, readonly FoundLists[]>();

  function listsOf(text: string): readonly FoundLists[] {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size === KNOWN_TEXTS_MAX) known.clear();
    const found = trigramRanges(text).map(listsIn);
    known.set(text, found);
    return found;
  }

  function listsIn({ from, to }: KeyRange): FoundLists {
    const lists: number[] = [];
    let size = 0;
    for (let at = firstAtLeast(keys, from); at < keys.length && (keys[at] ?? 0) < to; at += 1) {
      lists.push(at);
      size += postings.sizeOf(at);
    }
    return { lists, size };
  }

  /** Ids of names that have all trigrams of all the texts. */
  function inAll(texts: readonly (readonly FoundLists[])[]): IdStream {
    const bySize = texts.map((found) => found.toSorted((a, b) => a.size - b.size));
    // Names with one trigram of a text have its others mostly too: each text has its turn before any has a second one.
    const rarest = bySize.flatMap((found) => found.slice(0, 1)).sort((a, b) => a.size - b.size);
    const others = bySize.flatMap((found) => found.slice(1)).sort((a, b) => a.size - b.size);
    const [shortest] = rarest;
    if (shortest === undefined) return everyId(count);
    if (shortest.size === 0) return everyId(0);
    // Lists of one trigram are read as far as names are wanted; many of several together are as good as none.
    if (shortest.lists.length > 1 && shortest.size > count / COMMON_SHARE) return everyId(count);
    const helpful = [...rarest, ...others].filter(
      ({ size }, at) => at === 0 || size < shortest.size * IDS_PER_NAME * SHARE_LEFT ** (at - 1),
    );
    return intersect(helpful.map(({ lists }) => unite(lists.map((list) => postings.stream(list)))));
  }

  return {
    count,
    names,
    postings,
    keys,
    unitsOf: (id) => lastAtMost(unitStarts, id),
    endOfUnits: (units) => unitStarts[units + 1] ?? count,
    textOf: (id) => {
      names.find(id);
      return textOfBytes(names.window, names.at, names.end);
    },
    atMost: (text) => listsOf(text).reduce((least, { size }) => Math.min(least, size), count),
    mayContain: (texts) => inAll(texts.map(listsOf)),
    mayEndIn: (texts) => unite(texts.map((text) => inAll([trigramRanges(text, true).map(listsIn)]))),
    idOf: (name, units) => {
      let low = unitStarts[units] ?? count;
      let high = unitStarts[units + 1] ?? count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        names.find(middle);
        const order = compareBytes(names.window, names.at, names.end, name, 0, name.length);
        if (order === 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      return undefined;
    },
    eachPlace: (id, visit) => {
      places.find(id);
      const { window, end } = places;
      let place = -1;
      for (let at = places.at; at < end;) {
        let byte = window[at++] ?? 0;
        let distance = byte & 127;
        for (let scale = 128; byte > 127; scale *= 128) {
          byte = window[at++] ?? 0;
          distance += (byte & 127) * scale;
        }
        place += distance + 1;
        visit(place);
      }
    },
  };
}

/** Writes a table's sections: first the names, then for each trigram who has it, last the places of each name. */
export function createNameTableWriter(segment: SegmentWriter, prefix: string) {
  const names = createRecordWriter(segment.section(`${prefix}.names`, { resident: true }));
  const unitStarts: number[] = [];
  let count = 0;
  return {
    /** Adds a name; they come in the order of the table. Returns its id. */
    add: (bytes: Uint8Array, from: number, to: number, units: number): number => {
      while (unitStarts.length <= units) unitStarts.push(count);
      names.add(bytes, from, to);
      count += 1;
      return count - 1;
    },
    /** Ends the names. Returns what is to be written among the resident sections. */
    finish: () => ({ 'names.index': names.finish(), units: Uint32Array.from([...unitStarts, count]) }),
  };
}

/**
 * Writes which entries or folders have each name.
 *
 * @param nameOf the name's id, by place
 */
export function writePlaces(
  segment: SegmentWriter,
  prefix: string,
  nameOf: Uint32Array,
  nameCount: number,
): { readonly 'places.index': Uint32Array } {
  const { starts, places } = groupPlaces(nameOf, nameCount);
  const records = createRecordWriter(segment.section(`${prefix}.places`, { resident: true }));
  let list = new Uint8Array(0);
  let used = 0;
  const encoder: ByteWriter = createByteWriter((chunk) => {
    if (used + chunk.length > list.length) {
      const larger = new Uint8Array((used + chunk.length) * 2);
      larger.set(list.subarray(0, used));
      list = larger;
    }
    list.set(chunk, used);
    used += chunk.length;
  });
  for (let name = 0; name < nameCount; name += 1) {
    let last = -1;
    used = 0;
    for (let at = starts[name] ?? 0; at < (starts[name + 1] ?? 0); at += 1) {
      const place = places[at] ?? 0;
      encoder.varint(place - last - 1);
      last = place;
    }
    encoder.flush();
    records.add(list, 0, used);
  }
  return { 'places.index': records.finish() };
}

/** Names that no place has: the root of a list. */
export const NO_NAME = END;

/** The first place of ascending numbers at which one is at least `number`. */
export function firstAtLeast(numbers: Float64Array | Uint32Array, number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last place of ascending numbers at which one is at most `number`; -1 where there is none. */
export function lastAtMost(numbers: Uint32Array, number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Orders bytes as numbers, negative where the first come first. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const shorter = Math.min(aTo - aFrom, bTo - bFrom);
  for (let at = 0; at < shorter; at += 1) {
    const difference = (a[aFrom + at] ?? 0) - (b[bFrom + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return aTo - aFrom - (bTo - bFrom);
}

keepCompiled(createNameTableWriter(idleWriter, ''));
