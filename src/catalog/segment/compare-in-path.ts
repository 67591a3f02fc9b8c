/** What follows a name in a path: a `/` behind that of a folder, nothing behind that of the file. */
export const AFTER_FOLDER = 0x2f;
export const AFTER_FILE = -1;

/**
 * Orders names by the bytes of their UTF-8 and of what follows them in a path. Negative where the first comes first.
 *
 * @param first where a name lies, in [from, to)
 */
export function compareInPath(
  first: Uint8Array,
  from: number,
  to: number,
  after: number,
  second: Uint8Array,
  otherFrom: number,
  otherTo: number,
  otherAfter: number,
): number {
  const length = to - from;
  const otherLength = otherTo - otherFrom;
  const shorter = Math.min(length, otherLength);
  for (let at = 0; at < shorter; at += 1) {
    const difference = (first[from + at] ?? 0) - (second[otherFrom + at] ?? 0);
    if (difference !== 0) return difference;
  }
  const next = length > shorter ? (first[from + shorter] ?? 0) : after;
  return next - (otherLength > shorter ? (second[otherFrom + shorter] ?? 0) : otherAfter);
}
