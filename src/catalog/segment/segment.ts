import type { Entry } from '../../domain/entry.ts';
import { createBlockIndex } from './block-index.ts';
import type { Bytes } from './bytes.ts';
import type { Columns } from './columns.ts';
import type { ContentOrder } from './content-order.ts';
import { CONTENT_BYTES, contentAt, sizeBytesAt, type Content } from './content-record.ts';
import { openNameTable, type NameTable } from './name-table.ts';
import { pathText, visitNames, type NameVisitor } from './path-text.ts';
import type { SegmentParts } from './segment-file.ts';

/** An immutable index of lists: their trees, names, and what each entry holds. */
export type Segment = Columns & {
  readonly entryCount: number;
  readonly folderCount: number;
  readonly listCount: number;
  readonly files: NameTable;
  readonly folders: NameTable;
  /** The records of the entries' contents, each of `CONTENT_BYTES`, in the order of the entries. */
  readonly contents: Bytes;
  /** The entries in order of their contents. */
  readonly bySha1: ContentOrder;
  /** Tells of most prints that no entry has them. */
  readonly sha1Filter: Uint32Array;
  /** The same in order of the root, to be read a number at a time. */
  readonly rootPrints: Bytes;
  readonly rootEntries: Bytes;
  /** The list that an entry belongs to. */
  listOf(entry: number): number;
  /** The folder that an entry lies in: of those that begin with it, the innermost has it as a file. */
  folderOf(entry: number): number;
};

export function openSegment(parts: SegmentParts): Segment {
  const entryNames = parts.u32('entryNames');
  const folderNames = parts.u32('folderNames');
  const listPeers = parts.u32('listPeers');
  const folderEntries = parts.u32('folderEntries');
  const listEntries = parts.u32('listEntries');
  return {
    entryCount: entryNames.length,
    folderCount: folderNames.length,
    listCount: listPeers.length,
    files: openNameTable(parts, 'file'),
    folders: openNameTable(parts, 'folder'),
    contents: parts.bytes('contents'),
    bySha1: {
      prints: parts.u32('sha1.prints'),
      entries: parts.u32('sha1.entries'),
      contents: parts.u32('sha1.contents'),
      shared: parts.u32('sha1.shared'),
    },
    sha1Filter: parts.u32('sha1.filter'),
    rootPrints: parts.bytes('root.prints'),
    rootEntries: parts.bytes('root.entries'),
    entryNames,
    folderNames,
    folderParents: parts.u32('folderParents'),
    folderEntries,
    folderEnds: parts.u32('folderEnds'),
    listPeers,
    listNumbers: parts.u32('listNumbers'),
    listFolders: parts.u32('listFolders'),
    listEntries,
    listOf: createBlockIndex(listEntries, entryNames.length),
    folderOf: createBlockIndex(folderEntries, entryNames.length),
  };
}

/** The list that an entry belongs to. */
export function listOfEntry(segment: Segment, entry: number): number {
  return segment.listOf(entry);
}

/** The path of an entry. */
export function pathOfEntry(segment: Segment, entry: number): string {
  return pathText(segment, segment.folderOf(entry), segment.entryNames[entry] ?? 0);
}

/** Tells the names of the path of an entry. */
export function visitPathOfEntry(segment: Segment, entry: number, visit: NameVisitor): void {
  visitNames(segment, segment.folderOf(entry), segment.entryNames[entry] ?? 0, visit);
}

/** The first entry after a folder and all that is below it. */
export function entriesEnd(segment: Segment, folder: number): number {
  return segment.folderEntries[segment.folderEnds[folder] ?? 0] ?? segment.entryCount;
}

/** The first entry that lies not in the folder itself: its files come before those of the folders below. */
export function filesEnd(segment: Segment, folder: number): number {
  const end = segment.folderEnds[folder] ?? 0;
  return folder + 1 < end ? (segment.folderEntries[folder + 1] ?? 0) : entriesEnd(segment, folder);
}

/** First and end of a list's folders and entries. */
export function extentOfList(segment: Segment, list: number) {
  return {
    folder: segment.listFolders[list] ?? 0,
    foldersEnd: segment.listFolders[list + 1] ?? segment.folderCount,
    entry: segment.listEntries[list] ?? 0,
    entriesEnd: segment.listEntries[list + 1] ?? segment.entryCount,
  };
}

export function nameOfEntry(segment: Segment, entry: number): string {
  return segment.files.textOf(segment.entryNames[entry] ?? 0);
}

export function contentOfEntry(segment: Segment, entry: number): Content {
  const at = segment.contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
  return contentAt(segment.contents.window, at);
}

export function sizeOfEntry(segment: Segment, entry: number): number {
  const at = segment.contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
  return sizeBytesAt(segment.contents.window, at);
}

/** The path that a name has in a folder. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function entryAt(segment: Segment, entry: number): Entry {
  return { path: pathOfEntry(segment, entry), ...contentOfEntry(segment, entry) };
}

/** Calls back with every entry whose SHA-1 begins with the print. */
export function eachWithSha1Print(
  { bySha1: { prints, entries } }: Segment,
  print: number,
  visit: (entry: number) => void,
): void {
  for (let at = placeOfPrint(prints, print); prints[at] === print; at += 1) visit(entries[at] ?? 0);
}

/** The first places of the contents whose SHA-1 begins with the print. */
export function contentsWithPrint(segment: Segment, print: number): number[] {
  const { prints } = segment.bySha1;
  const found: number[] = [];
  for (let at = placeOfPrint(prints, print); prints[at] === print; at = endOfContent(segment, at)) found.push(at);
  return found;
}

/** The place after the last entry of a content, which begins at the given one. */
export function endOfContent({ bySha1: { prints, entries, contents } }: Segment, first: number): number {
  // Most contents have one entry, and most prints one content.
  if (prints[first + 1] !== prints[first]) return first + 1;
  const has = (place: number): boolean => contents[entries[place] ?? -1] === first;
  let step = 1;
  while (has(first + step)) step *= 2;
  let [low, high] = [first + (step >>> 1), first + step];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (has(middle)) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** Places that are looked at first, around the one where the print is likely to be. */
const FIRST_STEP = 16;
const PRINTS = 2 ** 32;

/** The first place in order of prints at which one is at least as large. */
export function placeOfPrint(prints: Uint32Array, print: number): number {
  const count = prints.length;
  const placesPerPrint = count / PRINTS;
  const even = Math.min(count, Math.floor(print * placesPerPrint));
  // Prints are spread evenly, if not quite: what is there says how far the place sought is still off.
  const off = Math.floor((print - (prints[even] ?? PRINTS)) * placesPerPrint);
  const guess = Math.max(0, Math.min(count, even + off));
  let [low, high] = [guess, guess];
  for (let step = FIRST_STEP; high < count && (prints[high] ?? 0) < print; step *= 2) {
    low = high + 1;
    high = Math.min(count, high + step);
  }
  for (let step = FIRST_STEP; low > 0 && (prints[low - 1] ?? 0) >= print; step *= 2) {
    high = low - 1;
    low = Math.max(0, low - step);
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((prints[middle] ?? 0) < print) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls back with every entry whose root begins with the print. */
export function eachWithRootPrint(segment: Segment, print: number, visit: (entry: number) => void): void {
  let low = 0;
  let high = segment.entryCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (u32At(segment.rootPrints, middle) < print) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < segment.entryCount && u32At(segment.rootPrints, at) === print; at += 1) {
    visit(u32At(segment.rootEntries, at));
  }
}

function u32At(bytes: Bytes, index: number): number {
  const at = bytes.seek(index * 4, 4);
  const { window } = bytes;
  const low = (window[at] ?? 0) | ((window[at + 1] ?? 0) << 8);
  return ((window[at + 2] ?? 0) | ((window[at + 3] ?? 0) << 8)) * 0x1_0000 + low;
}
