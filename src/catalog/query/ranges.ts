/** Entries as ranges, each from a first one to before an end, ascending and apart: first, end, first, end … */
export type Ranges = Uint32Array;

/** Whether an entry lies in one of the ranges. */
export function rangesHave(ranges: Ranges, entry: number): boolean {
  let low = 0;
  let high = ranges.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[2 * middle + 1] ?? 0) <= entry) low = middle + 1;
    else high = middle;
  }
  return 2 * low < ranges.length && (ranges[2 * low] ?? 0) <= entry;
}

/** What lies in both. */
export function commonRanges(a: Ranges, b: Ranges): Ranges {
  const common: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const first = Math.max(a[i] ?? 0, b[j] ?? 0);
    const [endA, endB] = [a[i + 1] ?? 0, b[j + 1] ?? 0];
    if (first < Math.min(endA, endB)) common.push(first, Math.min(endA, endB));
    if (endA < endB) i += 2;
    else j += 2;
  }
  return Uint32Array.from(common);
}

/** How many entries lie in the ranges. */
export function sizeOfRanges(ranges: Ranges): number {
  let size = 0;
  for (let at = 0; at < ranges.length; at += 2) size += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0);
  return size;
}
