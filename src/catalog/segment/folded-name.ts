import { fold } from '../../domain/fold.ts';
import { textOfBytes } from './bytes.ts';
import { keepCompiled } from './keep-compiled.ts';

/** The name that was folded last: its UTF-16 units. */
export type FoldedName = {
  units: Uint16Array;
  count: number;
  /** Folds a name in UTF-8. */
  fold(bytes: Buffer, from: number, to: number): void;
};

const UNITS_MIN = 1024;
const ASCII_BYTES = 128;
const [UPPER_A, UPPER_Z] = [0x41, 0x5a];
/** What tells a small letter from a large one. */
const SMALL = 0x20;

/** Folds names one after the other. Of those in ASCII, which most are, no text is made. */
export function createFoldedName(): FoldedName {
  const name: FoldedName = {
    units: new Uint16Array(UNITS_MIN),
    count: 0,
    fold: (bytes, from, to) => {
      name.count = 0;
      if (to - from <= name.units.length && putAscii(name.units, bytes, from, to)) {
        name.count = to - from;
        return;
      }
      const text = fold(textOfBytes(bytes, from, to));
      if (text.length > name.units.length) name.units = new Uint16Array(text.length);
      for (let at = 0; at < text.length; at += 1) name.units[at] = text.charCodeAt(at);
      name.count = text.length;
    },
  };
  return name;
}

/** Whether all was ASCII; then it is there in small letters, which is all that folding does to it. */
function putAscii(units: Uint16Array, bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= ASCII_BYTES) return false;
    units[at - from] = byte >= UPPER_A && byte <= UPPER_Z ? byte | SMALL : byte;
  }
  return true;
}

keepCompiled(createFoldedName());
