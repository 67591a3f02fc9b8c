import type { NameTable } from './name-table.ts';

/**
 * Orders names, each of a table of its own or of one, by the bytes of their UTF-8 and of what follows them in a path: a `/` behind
 * the name of a folder. Negative where the first comes first.
 */
export function compareInPath(a: PartOfPath, b: PartOfPath): number {
  const { names: first } = a.table;
  first.find(a.id);
  // Names are in memory: the bytes stay where they are when others are sought.
  const [from, length] = [first.at, first.end - first.at];
  const { names: second } = b.table;
  second.find(b.id);
  const [other, otherLength] = [second.at, second.end - second.at];
  const shorter = Math.min(length, otherLength);
  for (let at = 0; at < shorter; at += 1) {
    const difference = (first.window[from + at] ?? 0) - (second.window[other + at] ?? 0);
    if (difference !== 0) return difference;
  }
  const next = length > shorter ? (first.window[from + shorter] ?? 0) : endOf(a);
  return next - (otherLength > shorter ? (second.window[other + shorter] ?? 0) : endOf(b));
}

/** A name of a path: of a folder, or of the file at its end. */
export type PartOfPath = { readonly table: NameTable; readonly id: number; readonly isFolder: boolean };

const SLASH = 0x2f;
const END_OF_PATH = -1;

function endOf({ isFolder }: PartOfPath): number {
  return isFolder ? SLASH : END_OF_PATH;
}
