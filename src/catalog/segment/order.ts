import { createNumbers } from './memory.ts';

const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/** The places of the numbers in ascending order of the numbers; equal ones in order of place. */
export function orderOf(numbers: Uint32Array): Uint32Array {
  const few = numbers.length < DIGITS / 16;
  if (few) return Uint32Array.from(numbers.keys()).sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b);
  return byDigit(numbers, byDigit(numbers, undefined, 0), DIGIT_BITS);
}

/** Orders places by one digit of their numbers, keeping the order that they have among equal ones. */
function byDigit(numbers: Uint32Array, order: Uint32Array | undefined, shift: number): Uint32Array {
  const next = createNumbers(DIGITS + 1);
  for (const number of numbers) {
    const digit = ((number >>> shift) & (DIGITS - 1)) + 1;
    next[digit] = (next[digit] ?? 0) + 1;
  }
  for (let digit = 1; digit <= DIGITS; digit += 1) next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
  const ordered = createNumbers(numbers.length);
  for (let at = 0; at < numbers.length; at += 1) {
    const place = order === undefined ? at : (order[at] ?? 0);
    const digit = ((numbers[place] ?? 0) >>> shift) & (DIGITS - 1);
    const to = next[digit] ?? 0;
    ordered[to] = place;
    next[digit] = to + 1;
  }
  return ordered;
}
