/**
 * Some of what watches were told of, which saves looking it up on disk: lists that are published again hold nothing else. What it
 * has is so; what it has not, nobody knows.
 */
export type ToldMemory = {
  /** A number for a content, by which the rest asks for it. It is good until the next one is asked for. */
  numberOf(content: Uint8Array): number;
  has(watch: number, contentNumber: number): boolean;
  add(watch: number, contentNumber: number): void;
  remove(watch: number, content: Uint8Array): void;
  clear(): void;
};

// 4 MB of contents, and 4 MB of which watch was told of which.
const CONTENT_BITS = 16;
const PAIR_BITS = 18;
/** A SHA-1, a size and a root make 60; the last one says how many they are. */
const CONTENT_BYTES = 64;
const LENGTH_AT = CONTENT_BYTES - 1;

const GOLDEN = 0x9e3779b1;
const OTHER_ODD = 0x85ebca6b;

/** In both tables everything has two places beside each other: it comes to the first, what was there moves to the second. */
export function createToldMemory(): ToldMemory {
  const contents = new Uint8Array(CONTENT_BYTES << CONTENT_BITS);
  // A number is never used for another content: what was told of one that has lost its place is found no more.
  const numbers = new Float64Array(1 << CONTENT_BITS);
  let lastNumber = 0;
  const watchAt = new Float64Array(1 << PAIR_BITS);
  const contentAt = new Float64Array(1 << PAIR_BITS);

  function isAt(place: number, content: Uint8Array): boolean {
    const begin = place * CONTENT_BYTES;
    if (contents[begin + LENGTH_AT] !== content.length) return false;
    for (let at = 0; at < content.length; at += 1) if (contents[begin + at] !== content[at]) return false;
    return true;
  }

  /** The number that a content has; 0 for none. */
  function known(first: number, content: Uint8Array): number {
    if (isAt(first, content)) return numbers[first] ?? 0;
    return isAt(first + 1, content) ? (numbers[first + 1] ?? 0) : 0;
  }

  function placeOf(watch: number, contentNumber: number): number {
    const first = firstOfPair(watch, contentNumber);
    for (let place = first; place <= first + 1; place += 1) {
      if (watchAt[place] === watch && contentAt[place] === contentNumber) return place;
    }
    return -1;
  }

  return {
    numberOf(content) {
      const first = firstOfContent(content);
      const number = known(first, content);
      if (number !== 0) return number;
      const begin = first * CONTENT_BYTES;
      contents.copyWithin(begin + CONTENT_BYTES, begin, begin + CONTENT_BYTES);
      contents.set(content, begin);
      contents[begin + LENGTH_AT] = content.length;
      numbers[first + 1] = numbers[first] ?? 0;
      lastNumber += 1;
      numbers[first] = lastNumber;
      return lastNumber;
    },
    has: (watch, contentNumber) => placeOf(watch, contentNumber) !== -1,
    add(watch, contentNumber) {
      const first = firstOfPair(watch, contentNumber);
      watchAt[first + 1] = watchAt[first] ?? 0;
      contentAt[first + 1] = contentAt[first] ?? 0;
      watchAt[first] = watch;
      contentAt[first] = contentNumber;
    },
    remove(watch, content) {
      const place = placeOf(watch, known(firstOfContent(content), content));
      if (place !== -1) contentAt[place] = 0;
    },
    clear() {
      numbers.fill(0);
    },
  };
}

/** Contents begin with a SHA-1, of which any bits are as good as others. */
function firstOfContent(content: Uint8Array): number {
  const bits = ((content[0] ?? 0) << 16) | ((content[1] ?? 0) << 8) | (content[2] ?? 0);
  return (bits >>> (25 - CONTENT_BITS)) * 2;
}

/** Watches and contents are both counted, so both are spread. */
function firstOfPair(watch: number, contentNumber: number): number {
  const spread = Math.imul(watch | 0, GOLDEN);
  return (Math.imul((spread ^ (spread >>> 15)) + contentNumber, OTHER_ODD) >>> (33 - PAIR_BITS)) * 2;
}
