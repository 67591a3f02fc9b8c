import { END_OF_PATH, TEXT_BYTES_MIN } from './query-keys.ts';

/** A text that is looked for, and where in it the bytes end that it is found by. */
type Item<Key> = { readonly key: Key; readonly text: Uint8Array; readonly gramEnd: number };

/** A text that was found as far as the end of what was looked at, `at` bytes into the path; the rest has to be compared. */
export type PartialFind<Key> = { readonly item: Item<Key>; readonly at: number };

/** The path is `[begin, end)`; looked at are the texts of which the bytes that they are found by end in `[from, to)`. */
export type ScanRange = { readonly begin: number; readonly end: number; readonly from: number; readonly to: number };

/** Which of many texts occur in a path. */
export type TextIndex<Key> = {
  /** Keeps a key under every text of one of the choices, the one whose texts look rarest. */
  add(key: Key, choices: readonly (readonly Uint8Array[])[]): void;
  remove(key: Key): void;
  /**
   * Tells of the keys that have a text in the path, of some several times. ASCII letters in upper case count as lower case.
   *
   * @param partly is told of texts that reach over `to`. Where `to` is the end of the path none does, but the end itself
   *   counts as a byte, `END_OF_PATH`.
   */
  scan(
    path: Uint8Array,
    range: ScanRange,
    found: (key: Key) => void,
    partly?: (partial: PartialFind<Key>) => void,
  ): void;
  /** Whether a text that was found in part goes on in this path, which begins like the one that it was found in. */
  completes(partial: PartialFind<Key>, path: Uint8Array, begin: number, end: number): boolean;
};

/** Texts of four bytes and more are found by four of them, chosen to be rare; the shortest by three. */
const LONG_GRAM_BYTES = 4;
const SHORT_GRAM_BYTES = TEXT_BYTES_MIN;
const CLASS_BITS = 6;
const LONG_MASK = (1 << (CLASS_BITS * LONG_GRAM_BYTES)) - 1;
const SHORT_MASK = (1 << (CLASS_BITS * SHORT_GRAM_BYTES)) - 1;
/** For grams of four; with those of three a bit for each makes 64 KB, of which a processor’s first cache keeps what is used. */
const SLOT_BITS = 18;
const SLOTS = 1 << SLOT_BITS;

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
// Letters and digits have a class each; what else there is shares the others.
const CLASS_OF = Uint8Array.from(LOWER, (byte) => {
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 26;
  return 36 + (byte % 28);
});
const CLASS_OF_END = CLASS_OF[END_OF_PATH] ?? 0;

const GOLDEN = 0x9e3779b1;

function slotOf(gram: number): number {
  return Math.imul(gram, GOLDEN) >>> (32 - SLOT_BITS);
}

/** Behind the slots of longer grams, one for each. */
function slotOfShort(gram: number): number {
  return SLOTS + (gram & SHORT_MASK);
}

/** The slots under which a text can be kept, by where their bytes end in it. */
function slotsIn(text: Uint8Array): { readonly slot: number; readonly gramEnd: number }[] {
  const isShort = text.length < LONG_GRAM_BYTES;
  const first = isShort ? SHORT_GRAM_BYTES : LONG_GRAM_BYTES;
  let gram = 0;
  const slots: { slot: number; gramEnd: number }[] = [];
  text.forEach((byte, at) => {
    gram = ((gram << CLASS_BITS) | (CLASS_OF[byte] ?? 0)) & LONG_MASK;
    if (at + 1 >= first) slots.push({ slot: isShort ? slotOfShort(gram) : slotOf(gram), gramEnd: at });
  });
  return slots;
}

/** The slots of all texts that begin in this one, of three bytes and of four. */
function slotsOfPiecesOf(text: Uint8Array): number[] {
  let gram = 0;
  const slots: number[] = [];
  text.forEach((byte, at) => {
    gram = ((gram << CLASS_BITS) | (CLASS_OF[byte] ?? 0)) & LONG_MASK;
    if (at + 1 >= SHORT_GRAM_BYTES) slots.push(slotOfShort(gram));
    if (at + 1 >= LONG_GRAM_BYTES) slots.push(slotOf(gram));
  });
  return slots;
}

export function createTextIndex<Key>(): TextIndex<Key> {
  const present = new Uint32Array((SLOTS + SHORT_MASK + 1) / 32);
  const buckets = new Map<number, readonly Item<Key>[]>();
  const slotsOfKey = new Map<Key, readonly number[]>();
  let shortTexts = 0;
  // How often each slot occurs in the texts so far: they are made of what names are made of, among which they are looked for.
  const frequency = new Uint32Array(SLOTS + SHORT_MASK + 1);

  function rarestIn(text: Uint8Array): { readonly slot: number; readonly gramEnd: number; readonly count: number } {
    let best = { slot: 0, gramEnd: 0, count: Number.POSITIVE_INFINITY };
    for (const { slot, gramEnd } of slotsIn(text)) {
      const count = frequency[slot] ?? 0;
      if (count < best.count) best = { slot, gramEnd, count };
    }
    return best;
  }

  function costOf(texts: readonly Uint8Array[]): number {
    // Where nothing else tells them apart, longer texts are rarer.
    return texts.reduce((sum, text) => sum + rarestIn(text).count + 1 / text.length, 0);
  }

  function addText(key: Key, text: Uint8Array): number {
    const { slot, gramEnd } = rarestIn(text);
    for (const piece of slotsOfPiecesOf(text)) frequency[piece] = (frequency[piece] ?? 0) + 1;
    buckets.set(slot, [...(buckets.get(slot) ?? []), { key, text, gramEnd }]);
    present[slot >>> 5] = (present[slot >>> 5] ?? 0) | (1 << (slot & 31));
    if (text.length < LONG_GRAM_BYTES) shortTexts += 1;
    return slot;
  }

  function removeFrom(slot: number, key: Key): void {
    const bucket = buckets.get(slot) ?? [];
    const left = bucket.filter((item) => item.key !== key);
    shortTexts -= bucket.filter((item) => item.key === key && item.text.length < LONG_GRAM_BYTES).length;
    if (left.length > 0) {
      buckets.set(slot, left);
      return;
    }
    buckets.delete(slot);
    present[slot >>> 5] = (present[slot >>> 5] ?? 0) & ~(1 << (slot & 31));
  }

  function lookUp(
    slot: number,
    gramEnd: number,
    path: Uint8Array,
    { begin, end, to }: ScanRange,
    found: (key: Key) => void,
    partly: ((partial: PartialFind<Key>) => void) | undefined,
  ): void {
    for (const item of buckets.get(slot) ?? []) {
      const at = gramEnd - item.gramEnd;
      if (at < begin || !standsAt(item.text, path, at, to)) continue;
      const left = at + item.text.length - to;
      if (left <= 0 || (to === end && isEnd(item.text, left))) found(item.key);
      else if (to < end) partly?.({ item, at: at - begin });
    }
  }

  return {
    add(key, choices) {
      const [texts = []] = choices.toSorted((a, b) => costOf(a) - costOf(b));
      slotsOfKey.set(
        key,
        texts.map((text) => addText(key, text)),
      );
    },
    remove(key) {
      for (const slot of new Set(slotsOfKey.get(key))) removeFrom(slot, key);
      slotsOfKey.delete(key);
    },
    scan(path, range, found, partly) {
      const { begin, end, from, to } = range;
      // The loop runs for every byte of every path: what it needs is at hand, and nothing is called until something is found.
      const bits = present;
      const hasShort = shortTexts > 0;
      let gram = 0;
      for (let at = Math.max(begin, from - LONG_GRAM_BYTES + 1); at < from; at += 1) {
        gram = (gram << CLASS_BITS) | (CLASS_OF[path[at] ?? 0] ?? 0);
      }
      const last = to === end ? end : to - 1;
      for (let at = from; at <= last; at += 1) {
        const byteClass = at === end ? CLASS_OF_END : (CLASS_OF[path[at] ?? 0] ?? 0);
        gram = ((gram << CLASS_BITS) | byteClass) & LONG_MASK;
        const slot = Math.imul(gram, GOLDEN) >>> (32 - SLOT_BITS);
        if ((((bits[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1) lookUp(slot, at, path, range, found, partly);
        if (!hasShort) continue;
        const short = SLOTS + (gram & SHORT_MASK);
        if ((((bits[short >>> 5] ?? 0) >>> (short & 31)) & 1) === 1) lookUp(short, at, path, range, found, partly);
      }
    },
    completes: ({ item, at }, path, begin, end) => {
      const left = begin + at + item.text.length - end;
      return (left <= 0 || isEnd(item.text, left)) && standsAt(item.text, path, begin + at, end);
    },
  };
}

/** Whether what is left of a text behind a path is the path's end. */
function isEnd(text: Uint8Array, leftBytes: number): boolean {
  return leftBytes === 1 && text[text.length - 1] === END_OF_PATH;
}

/** Whether the text stands in the path at `at`, as far as it goes before `to`. */
function standsAt(text: Uint8Array, path: Uint8Array, at: number, to: number): boolean {
  const length = Math.min(text.length, to - at);
  for (let index = 0; index < length; index += 1) {
    if (LOWER[path[at + index] ?? 0] !== text[index]) return false;
  }
  return true;
}
