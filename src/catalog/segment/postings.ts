import { setBit } from './bits.ts';
import type { Bytes } from './bytes.ts';
import { createByteWriter } from './byte-writer.ts';
import { keepCompiled } from './keep-compiled.ts';

/** No id: what a stream that has ended stands at. */
export const END = 0xffff_ffff;

/** Ascending ids, taken one by one. */
export type IdStream = {
  /** The id that it stands at, `END` after the last. */
  id: number;
  /** Goes on to the next id. */
  next(): void;
};

/** Lists of ascending ids, by number. */
export type Postings = {
  readonly count: number;
  /** How many ids a list has. */
  sizeOf(list: number): number;
  stream(list: number): IdStream;
  /**
   * Copies a list with other ids, in its order; those that have none are left out.
   *
   * @param newIds by id: the other one, or `END`
   * @param at where the first goes in the target, which has room for all
   * @returns the place after the last
   */
  copyRenumbered(list: number, newIds: Uint32Array, target: Uint32Array, at: number): number;
};

/** Writes lists of ascending ids: each id as its distance from the one before. */
export function createPostingWriter(write: (chunk: Uint8Array) => void) {
  const writer = createByteWriter(write);
  const offsets: number[] = [0];
  const sizes: number[] = [];
  let last = -1;
  let size = 0;
  return {
    add: (id: number): void => {
      writer.varint(id - last - 1);
      last = id;
      size += 1;
    },
    endList: (): void => {
      offsets.push(writer.length());
      sizes.push(size);
      last = -1;
      size = 0;
    },
    /** Returns where the lists lie, and how many ids each has. */
    finish: () => {
      writer.flush();
      return { offsets: Uint32Array.from(offsets), sizes: Uint32Array.from(sizes) };
    },
  };
}

/** Bytes that a stream asks for at first, for mostly the first ids of a list are enough; and from then on. */
const FIRST_CHUNK_BYTES = 4 * 1024;
const CHUNK_BYTES = 16 * 1024;
const VARINT_BYTES_MAX = 5;

export function openPostings(bytes: Bytes, offsets: Uint32Array, sizes: Uint32Array): Postings {
  return {
    count: sizes.length,
    sizeOf: (list) => sizes[list] ?? 0,
    stream: (list) => streamFrom(bytes, offsets[list] ?? 0, offsets[list + 1] ?? 0),
    copyRenumbered: (list, newIds, target, at) => {
      const offset = offsets[list] ?? 0;
      let place = bytes.seek(offset, (offsets[list + 1] ?? 0) - offset);
      let next = at;
      let id = -1;
      for (let left = sizes[list] ?? 0; left > 0; left -= 1) {
        let byte = bytes.window[place++] ?? 0;
        let distance = byte & 127;
        for (let scale = 128; byte > 127; scale *= 128) {
          byte = bytes.window[place++] ?? 0;
          distance += (byte & 127) * scale;
        }
        id += distance + 1;
        const newId = newIds[id] ?? END;
        if (newId !== END) target[next++] = newId;
      }
      return next;
    },
  };
}

/** The stream of the ids in [from, to). Streams of the same bytes may be read in turn: each copies what it reads. */
function streamFrom(bytes: Bytes, from: number, to: number): IdStream {
  let chunk = new Uint8Array(Math.min(FIRST_CHUNK_BYTES, to - from));
  let offset = from;
  let at = 0;
  let end = 0;

  function refill(): void {
    const kept = chunk.subarray(at, end);
    if (offset > from && chunk.length < CHUNK_BYTES)
      chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - at + to - offset));
    chunk.set(kept);
    end -= at;
    at = 0;
    const wanted = Math.min(chunk.length - end, to - offset);
    const place = bytes.seek(offset, wanted);
    chunk.set(bytes.window.subarray(place, place + wanted), end);
    offset += wanted;
    end += wanted;
  }

  const stream: IdStream = {
    id: -1,
    next: () => {
      if (end - at < VARINT_BYTES_MAX && offset < to) refill();
      if (at === end) {
        stream.id = END;
        return;
      }
      let byte = chunk[at++] ?? 0;
      let distance = byte & 127;
      for (let scale = 128; byte > 127; scale *= 128) {
        byte = chunk[at++] ?? 0;
        distance += (byte & 127) * scale;
      }
      stream.id += distance + 1;
    },
  };
  stream.next();
  return stream;
}

/** The ids that all of the streams have. */
export function intersect(streams: readonly IdStream[]): IdStream {
  const [first, ...others] = streams;
  if (first === undefined) return { id: END, next: () => undefined };
  if (others.length === 0) return first;

  function settle(lead: IdStream): void {
    for (let at = 0; at < others.length && lead.id !== END;) {
      const other = others[at];
      while (other !== undefined && other.id < lead.id) other.next();
      if (other?.id === END) {
        both.id = END;
        return;
      }
      if (other === undefined || other.id === lead.id) {
        at += 1;
        continue;
      }
      while (lead.id < other.id) lead.next();
      at = 0;
    }
    both.id = lead.id;
  }

  const both: IdStream = {
    id: -1,
    next: () => {
      first.next();
      settle(first);
    },
  };
  settle(first);
  return both;
}

/** Words of bits in which a union puts ids together. */
const UNION_WORDS = 512;

/** The ids that any of the streams has. They are put together only so far as they are taken: mostly the first are enough. */
export function unite(streams: readonly IdStream[]): IdStream {
  const [only] = streams;
  if (streams.length === 1 && only !== undefined) return only;
  const bits = new Uint32Array(UNION_WORDS);
  let first = 0;
  let word = UNION_WORDS;
  let left = 0;

  /** Takes the next ids of all streams, from the lowest on. False where there is none. */
  function refill(): boolean {
    first = END;
    for (const stream of streams) first = Math.min(first, stream.id);
    const end = first + 32 * UNION_WORDS;
    if (first === END) return false;
    for (const stream of streams) {
      while (stream.id < end) {
        setBit(bits, stream.id - first);
        stream.next();
      }
    }
    return true;
  }

  const union: IdStream = {
    id: END,
    next: () => {
      while (left === 0) {
        word += 1;
        if (word >= UNION_WORDS) {
          word = 0;
          if (!refill()) {
            union.id = END;
            return;
          }
        }
        left = bits[word] ?? 0;
        bits[word] = 0;
      }
      const lowest = left & -left;
      union.id = first + word * 32 + (31 - Math.clz32(lowest));
      left ^= lowest;
    },
  };
  union.next();
  return union;
}

/** The numbers of the bits that are set. */
export function streamOfBits(bits: Uint32Array): IdStream {
  let word = -1;
  let left = 0;
  const stream: IdStream = {
    id: END,
    next: () => {
      while (left === 0) {
        word += 1;
        if (word >= bits.length) {
          stream.id = END;
          return;
        }
        left = bits[word] ?? 0;
      }
      const lowest = left & -left;
      stream.id = word * 32 + (31 - Math.clz32(lowest));
      left ^= lowest;
    },
  };
  stream.next();
  return stream;
}

/** All ids below `count`. */
export function everyId(count: number): IdStream {
  const stream: IdStream = {
    id: count === 0 ? END : 0,
    next: () => {
      stream.id = stream.id + 1 >= count ? END : stream.id + 1;
    },
  };
  return stream;
}

keepCompiled(createPostingWriter(() => undefined));
