import { fold } from './fold.ts';
import { hasWholeWord, isAsciiWord, OCCURRENCES_MAX } from './rank.ts';

/** A folded text, as searches look at it. Words and endings are folded too. */
export type FoldedText = {
  /** UTF-16 units. */
  readonly units: number;
  has(word: string): boolean;
  /** The same as `hasWholeWord`. */
  hasWhole(word: string): boolean;
  endsIn(ending: string): boolean;
};

/** One whose text is read anew again and again. */
export type FoldedTextReader = FoldedText & {
  /** Takes the UTF-8 that lies in [from, to). */
  read(bytes: Buffer, from: number, to: number): void;
};

const SPACE = 0x20;
const TILDE = 0x7e;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;

/**
 * Most names are ASCII, of which no texts are made: a search looks at hundreds or thousands, and takes a fifth of the time so. All others are
 * folded and looked at as texts.
 */
export function createFoldedText(): FoldedTextReader {
  let bytes = new Uint8Array(256);
  /** The text, where it is not ASCII. */
  let other: string | undefined;

  /** Folds what is ASCII; false where anything is not. */
  function readAscii(source: Buffer, from: number, to: number): boolean {
    if (to - from > bytes.length) bytes = new Uint8Array(2 * (to - from));
    for (let at = from; at < to; at += 1) {
      const byte = source[at] ?? 0;
      if (byte < SPACE || byte > TILDE) return false;
      bytes[at - from] = byte >= UPPER_A && byte <= UPPER_Z ? byte + TO_LOWER : byte;
    }
    return true;
  }

  /** Where the word occurs first, from a place on; -1 where it doesn't. */
  function indexOf(word: string, from: number): number {
    const first = word.charCodeAt(0);
    const last = text.units - word.length;
    for (let at = from; at <= last; at += 1) {
      if (bytes[at] === first && occursAt(word, at)) return at;
    }
    return -1;
  }

  function occursAt(word: string, at: number): boolean {
    for (let unit = 1; unit < word.length; unit += 1) if (bytes[at + unit] !== word.charCodeAt(unit)) return false;
    return true;
  }

  /** Whether the characters on both sides of a place belong to words. */
  function runsOn(at: number): boolean {
    return at > 0 && at < text.units && isAsciiWord(bytes[at - 1] ?? 0) && isAsciiWord(bytes[at] ?? 0);
  }

  function hasWholeAscii(word: string): boolean {
    let at = indexOf(word, 0);
    for (let seen = 0; at !== -1 && seen < OCCURRENCES_MAX; seen += 1) {
      if (!runsOn(at) && !runsOn(at + word.length)) return true;
      at = indexOf(word, at + 1);
    }
    return false;
  }

  const text = {
    units: 0,
    read: (source: Buffer, from: number, to: number): void => {
      other = readAscii(source, from, to) ? undefined : fold(source.toString('utf8', from, to));
      text.units = other?.length ?? to - from;
    },
    has: (word: string): boolean => (other === undefined ? indexOf(word, 0) !== -1 : other.includes(word)),
    hasWhole: (word: string): boolean => (other === undefined ? hasWholeAscii(word) : hasWholeWord(other, word)),
    endsIn: (ending: string): boolean => {
      if (other !== undefined) return other.endsWith(ending);
      const from = text.units - ending.length;
      return from >= 0 && bytes[from] === ending.charCodeAt(0) && occursAt(ending, from);
    },
  };
  return text;
}
