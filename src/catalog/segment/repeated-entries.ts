import { compareNames, filesInOrder, foldersInOrder, type NameSequence } from './name-sequence.ts';
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

/** A sequence that is not at its end, and its place among all. */
type Turn<Part> = { readonly sequence: NameSequence<Part>; readonly at: number };

/** Goes through sequences as one, and tells those that stand at the same name, where these are several. */
function eachShared<Part>(
  sequences: readonly NameSequence<Part>[],
  visit: (same: readonly NameSequence<Part>[]) => void,
): void {
  // Who stands at the first name is the last one, so that it is taken and put back without moving the others.
  const turns = sequences
    .map((sequence, at) => ({ sequence, at }))
    .filter(({ sequence }) => sequence.place !== -1)
    .sort((a, b) => compareTurns(b, a));
  while (turns.length > 1) {
    const same = takeFirst(turns);
    if (same.length > 1) visit(same.map(({ sequence }) => sequence));
    for (const turn of same) {
      turn.sequence.next();
      if (turn.sequence.place !== -1) putBack(turns, turn);
    }
  }
}

function compareTurns<Part>(a: Turn<Part>, b: Turn<Part>): number {
  return compareNames(a.sequence, b.sequence) || a.at - b.at;
}

/** Takes those that stand at the first name, in their order. */
function takeFirst<Part>(turns: Turn<Part>[]): readonly Turn<Part>[] {
  const same = turns.splice(-1);
  const [first] = same;
  for (let next = turns.at(-1); first && next; next = turns.at(-1)) {
    if (compareNames(next.sequence, first.sequence) !== 0) break;
    same.push(...turns.splice(-1));
  }
  return same;
}

/** Puts one where its name belongs. Parts mostly follow each other: then it is still the first, which is looked at first. */
function putBack<Part>(turns: Turn<Part>[], turn: Turn<Part>): void {
  let [low, high] = [0, turns.length];
  for (let middle = high - 1; low < high; middle = (low + high) >>> 1) {
    const other = turns[middle];
    if (other && compareTurns(turn, other) < 0) low = middle + 1;
    else high = middle;
  }
  turns.splice(low, 0, turn);
}
