/** UTF-16 units of a trigram. */
const TRIGRAM_UNITS = 3;
const UNIT = 0x1_0000;

/**
 * The number that stands for three units, in their order: equal beginnings lie side by side. A folded name has, at every place, the
 * three units from there on, NUL where it has ended. So each unit and each pair of units begins one, and the end of a name can be
 * looked for.
 */
export function trigramKey(first: number, second: number, third: number): number {
  return (first * UNIT + second) * UNIT + third;
}

/** The units that a number stands for. */
export function unitsOfKey(key: number): [first: number, second: number, third: number] {
  const two = Math.floor(key / UNIT);
  return [Math.floor(two / UNIT), two % UNIT, key % UNIT];
}

function trigramAt(text: string, at: number): number {
  const second = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
  const third = at + 2 < text.length ? text.charCodeAt(at + 2) : 0;
  return trigramKey(text.charCodeAt(at), second, third);
}

/** Keys from `from` to before `to`. */
export type KeyRange = { readonly from: number; readonly to: number };

/**
 * What a name has that contains the text: a trigram in each of the ranges.
 *
 * @param atEnd that the name ends in the text
 */
export function trigramRanges(text: string, atEnd = false): KeyRange[] {
  if (text === '') return [];
  const ranges: KeyRange[] = [];
  for (let at = 0; at + TRIGRAM_UNITS <= text.length; at += 1) ranges.push(only(trigramAt(text, at)));
  if (atEnd) return [...ranges, ...endRanges(text)];
  if (ranges.length > 0) return ranges;
  const from = trigramAt(text, 0);
  return [{ from, to: from + (text.length === 1 ? UNIT * UNIT : UNIT) }];
}

function endRanges(text: string): KeyRange[] {
  const from = Math.max(0, text.length - (TRIGRAM_UNITS - 1));
  return Array.from({ length: text.length - from }, (_, more) => only(trigramAt(text, from + more)));
}

function only(key: number): KeyRange {
  return { from: key, to: key + 1 };
}
