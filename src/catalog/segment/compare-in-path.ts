import type { NameTable } from './name-table.ts';

/** What follows a name in a path: a `/` behind that of a folder, nothing behind that of the file. */
export const AFTER_FOLDER = 0x2f;
export const AFTER_FILE = -1;

/**
 * Orders names, each of a table of its own or of one, by the bytes of their UTF-8 and of what follows them in a path. Negative where
 * the first comes first.
 */
export function compareInPath(
  { names: first }: NameTable,
  id: number,
  after: number,
  { names: second }: NameTable,
  otherId: number,
  otherAfter: number,
): number {
  first.find(id);
  // Names are in memory: the bytes stay where they are when others are sought.
  const from = first.at;
  const length = first.end - from;
  second.find(otherId);
  const other = second.at;
  const otherLength = second.end - other;
  const shorter = Math.min(length, otherLength);
  for (let at = 0; at < shorter; at += 1) {
    const difference = (first.window[from + at] ?? 0) - (second.window[other + at] ?? 0);
    if (difference !== 0) return difference;
  }
  const next = length > shorter ? (first.window[from + shorter] ?? 0) : after;
  return next - (otherLength > shorter ? (second.window[other + shorter] ?? 0) : otherAfter);
}
