import { compareBytes, type NameTable } from './name-table.ts';
import { filesEnd, type Segment } from './segment.ts';

/**
 * The files or the folders of one folder, in order of their names: `place` is an entry or a folder, -1 after the last.
 * `part` says whose they are, where sequences of several segments are gone through as one.
 */
export type NameSequence<Part> = {
  readonly part: Part;
  place: number;
  readonly names: NameTable;
  nameId(): number;
  next(): void;
};

/** The files that are alive, from an entry on. */
export function filesInOrder<Part>(
  part: Part,
  segment: Segment,
  folder: number,
  { isDead, from }: { readonly isDead: (entry: number) => boolean; readonly from?: number },
): NameSequence<Part> {
  const end = filesEnd(segment, folder);
  const sequence: NameSequence<Part> = {
    part,
    place: (from ?? segment.folderEntries[folder] ?? 0) - 1,
    names: segment.files,
    nameId: () => segment.entryNames[sequence.place] ?? 0,
    next: () => {
      do sequence.place += 1;
      while (sequence.place < end && isDead(sequence.place));
      if (sequence.place >= end) sequence.place = -1;
    },
  };
  sequence.next();
  return sequence;
}

/** The folders that lie in a folder itself, from one of them on. */
export function foldersInOrder<Part>(
  part: Part,
  segment: Segment,
  folder: number,
  from = folder + 1,
): NameSequence<Part> {
  const end = segment.folderEnds[folder] ?? 0;
  const sequence: NameSequence<Part> = {
    part,
    place: from < end ? from : -1,
    names: segment.folders,
    nameId: () => segment.folderNames[sequence.place] ?? 0,
    next: () => {
      const after = segment.folderEnds[sequence.place] ?? end;
      sequence.place = after < end ? after : -1;
    },
  };
  return sequence;
}

/** The sequences that stand at the first name, in their order. */
export function firstInOrder<Part>(sequences: readonly NameSequence<Part>[]): readonly NameSequence<Part>[] {
  let first: NameSequence<Part>[] = [];
  for (const sequence of sequences) {
    if (sequence.place === -1) continue;
    const [best] = first;
    const order = best === undefined ? -1 : compareNames(sequence, best);
    if (order < 0) first = [sequence];
    else if (order === 0) first.push(sequence);
  }
  return first;
}

/** In which order two sequences stand at their names. */
export function compareNames<Part>(a: NameSequence<Part>, b: NameSequence<Part>): number {
  a.names.names.find(a.nameId());
  b.names.names.find(b.nameId());
  const [x, y] = [a.names.names, b.names.names];
  if (x !== y) return compareBytes(x.window, x.at, x.end, y.window, y.at, y.end);
  const first = a.names.textOf(a.nameId());
  return Buffer.compare(Buffer.from(first), Buffer.from(b.names.textOf(b.nameId())));
}
