import { filesInOrder, firstInOrder, foldersInOrder, type NameSequence } from './name-sequence.ts';
import type { Segment } from './segment.ts';

/** A part of a list: its segment, and its place among the lists there. */
export type PartOfList = { readonly segment: Segment; readonly list: number };

type Folder<Part> = { readonly part: Part; readonly folder: number };

/**
 * Tells the entries of a list’s parts whose path a later part has too. It walks the folders that several parts have, and no others:
 * parts mostly follow each other, so that is but a few.
 *
 * @param parts in the order in which they were sent
 */
export function eachRepeated<Part extends PartOfList>(
  parts: readonly Part[],
  visit: (part: Part, entry: number) => void,
): void {
  function walk(folders: readonly Folder<Part>[]): void {
    const files = folders.map(({ part, folder }) => filesInOrder(part, part.segment, folder, NOBODY_IS_DEAD));
    eachShared(files, (same) => {
      for (const { part, place } of same.slice(0, -1)) visit(part, place);
    });
    const children = folders.map(({ part, folder }) => foldersInOrder(part, part.segment, folder));
    eachShared(children, (same) => {
      walk(same.map(({ part, place }) => ({ part, folder: place })));
    });
  }

  walk(parts.map((part) => ({ part, folder: part.segment.listFolders[part.list] ?? 0 })));
}

const NOBODY_IS_DEAD = { isDead: (): boolean => false };

/** Goes through sequences as one, and tells those that stand at the same name, where these are several. */
function eachShared<Part>(
  sequences: readonly NameSequence<Part>[],
  visit: (same: readonly NameSequence<Part>[]) => void,
): void {
  let left = sequences.filter(({ place }) => place !== -1);
  while (left.length > 1) {
    const same = firstInOrder(left);
    if (same.length > 1) visit(same);
    for (const sequence of same) sequence.next();
    if (same.some(({ place }) => place === -1)) left = left.filter(({ place }) => place !== -1);
  }
}
