import { createNumbers } from './memory.ts';

const NUMBER_BITS = 32;
/** Numbers are ordered by digits of so many bits: small ones take less to count, large ones fewer rounds. */
const SMALL_DIGIT_BITS = 11;
const LARGE_DIGIT_BITS = 16;
const MANY = 1 << 17;
const FEW = 128;

/** The places of the numbers in ascending order of the numbers; equal ones in order of place. */
export function orderOf(numbers: Uint32Array): Uint32Array {
  const places = createNumbers(numbers.length);
  for (let place = 0; place < numbers.length; place += 1) places[place] = place;
  if (numbers.length < FEW) return places.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b);
  const bits = numbers.length < MANY ? SMALL_DIGIT_BITS : LARGE_DIGIT_BITS;
  let order = places;
  let next = createNumbers(numbers.length);
  for (let shift = 0; shift < NUMBER_BITS; shift += bits) {
    orderByDigit(numbers, { shift, bits }, order, next);
    [order, next] = [next, order];
  }
  return order;
}

/** Orders places by one digit of their numbers, keeping the order that they have among equal ones. */
function orderByDigit(
  numbers: Uint32Array,
  { shift, bits }: { readonly shift: number; readonly bits: number },
  order: Uint32Array,
  target: Uint32Array,
): void {
  const mask = (1 << bits) - 1;
  const next = createNumbers(mask + 2);
  for (const number of numbers) {
    const digit = ((number >>> shift) & mask) + 1;
    next[digit] = (next[digit] ?? 0) + 1;
  }
  addUp(next);
  for (const place of order) {
    const digit = ((numbers[place] ?? 0) >>> shift) & mask;
    const to = next[digit] ?? 0;
    target[to] = place;
    next[digit] = to + 1;
  }
}

function addUp(counts: Uint32Array): void {
  for (let at = 1; at < counts.length; at += 1) counts[at] = (counts[at] ?? 0) + (counts[at - 1] ?? 0);
}

/** Places in groups: those of group `g` are from `starts[g]` to before `starts[g + 1]` in `places`. */
export type Groups = { readonly starts: Uint32Array; readonly places: Uint32Array };

/**
 * Puts places together by groups.
 *
 * @param groupOf by place: its group; places of one from `groupCount` on are left out
 * @param order the order that places have within a group: all of them; ascending where it is not given
 */
export function groupPlaces(groupOf: Uint32Array, groupCount: number, order?: Uint32Array): Groups {
  const starts = createNumbers(groupCount + 1);
  for (const group of groupOf) {
    if (group < groupCount) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  }
  addUp(starts);
  const next = createNumbers(groupCount);
  next.set(starts.subarray(0, groupCount));
  const places = createNumbers(starts[groupCount] ?? 0);
  for (let at = 0; at < groupOf.length; at += 1) {
    const place = order === undefined ? at : (order[at] ?? 0);
    const group = groupOf[place] ?? 0;
    if (group >= groupCount) continue;
    const to = next[group] ?? 0;
    places[to] = place;
    next[group] = to + 1;
  }
  return { starts, places };
}
