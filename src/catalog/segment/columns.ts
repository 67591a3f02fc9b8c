import { createByteWriter } from './byte-writer.ts';
import { createRecordHash, orderContents } from './content-order.ts';
import { CONTENT_BYTES, rootPrintAt, sha1PrintAt } from './content-record.ts';
import { writePlaces } from './name-table.ts';
import { orderOf } from './order.ts';
import { createPrintFilter } from './print-filter.ts';
import { idleWriter, type SegmentWriter } from './segment-file.ts';
import { createDoubles, createNumbers, numbersAt } from './memory.ts';
import { keepCompiled } from './keep-compiled.ts';

/**
 * The lists of a segment as columns of numbers. A list is a tree, and lies in the order of a walk: a folder, its files by name, then its
 * folders by name, each with all below it. So all entries below a folder, and all of a list, follow each other.
 */
export type Columns = {
  /** By entry: the id of its name. */
  readonly entryNames: Uint32Array;
  /** By folder: the id of its name, `NO_NAME` for the one at the top of a list. */
  readonly folderNames: Uint32Array;
  /** By folder: the folder that it lies in, itself for one at the top. */
  readonly folderParents: Uint32Array;
  /** By folder: the first entry in it or below. */
  readonly folderEntries: Uint32Array;
  /** By folder: the first folder that comes after it and is not below it. */
  readonly folderEnds: Uint32Array;
  /** By list: the key of its peer, its number, and where its folders and entries begin. */
  readonly listPeers: Uint32Array;
  readonly listNumbers: Uint32Array;
  readonly listFolders: Uint32Array;
  readonly listEntries: Uint32Array;
};

/** Where columns are filled, from the first to the last row. */
export type ColumnWriter = {
  beginList(peer: number, list: number): void;
  /** Begins a folder in the one that is open, or at the top; returns its number. */
  openFolder(name: number): number;
  /** Ends the folder that was opened last. */
  closeFolder(): void;
  addEntry(name: number): void;
  finish(): Columns;
};

/** @param capacity rows that there will be at most */
export function createColumnWriter(capacity: {
  readonly entries: number;
  readonly folders: number;
  readonly lists: number;
}): ColumnWriter {
  const entryNames = createNumbers(capacity.entries);
  const [folderNames, folderParents, folderEntries, folderEnds] = columns4(capacity.folders);
  const [listPeers, listNumbers, listFolders, listEntries] = columns4(capacity.lists);
  let [entries, folders, lists] = [0, 0, 0];
  const open: number[] = [];
  return {
    beginList: (peer, list) => {
      listPeers[lists] = peer;
      listNumbers[lists] = list;
      listFolders[lists] = folders;
      listEntries[lists] = entries;
      lists += 1;
    },
    openFolder: (name) => {
      folderNames[folders] = name;
      folderParents[folders] = open.at(-1) ?? folders;
      folderEntries[folders] = entries;
      open.push(folders);
      folders += 1;
      return folders - 1;
    },
    closeFolder: () => {
      folderEnds[open.pop() ?? 0] = folders;
    },
    addEntry: (name) => {
      entryNames[entries] = name;
      entries += 1;
    },
    finish: () => ({
      entryNames: entryNames.subarray(0, entries),
      folderNames: folderNames.subarray(0, folders),
      folderParents: folderParents.subarray(0, folders),
      folderEntries: folderEntries.subarray(0, folders),
      folderEnds: folderEnds.subarray(0, folders),
      listPeers: listPeers.subarray(0, lists),
      listNumbers: listNumbers.subarray(0, lists),
      listFolders: listFolders.subarray(0, lists),
      listEntries: listEntries.subarray(0, lists),
    }),
  };
}

function columns4(rows: number): [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  return [createNumbers(rows), createNumbers(rows), createNumbers(rows), createNumbers(rows)];
}

/** What has to be known of all contents when the last is written, by entry. */
export type ContentPrints = {
  readonly sha1Prints: Uint32Array;
  readonly rootPrints: Uint32Array;
  /** Hashes of whole records. */
  readonly recordHashes: Float64Array;
};

/** Writes the records of contents, and gathers their prints. */
export function createContentWriter(segment: SegmentWriter, capacity: number) {
  const writer = createByteWriter(segment.section('contents'));
  const hash = createRecordHash();
  const sha1Prints = createNumbers(capacity);
  const rootPrints = createNumbers(capacity);
  const recordHashes = createDoubles(capacity);
  let entries = 0;
  return {
    /** Adds the content of the next entry. */
    add: (bytes: Uint8Array, at: number): void => {
      sha1Prints[entries] = sha1PrintAt(bytes, at);
      rootPrints[entries] = rootPrintAt(bytes, at);
      recordHashes[entries] = hash(bytes, at);
      entries += 1;
      writer.bytes(bytes, at, at + CONTENT_BYTES);
    },
    finish: (): ContentPrints => {
      writer.flush();
      return {
        sha1Prints: sha1Prints.subarray(0, entries),
        rootPrints: rootPrints.subarray(0, entries),
        recordHashes: recordHashes.subarray(0, entries),
      };
    },
  };
}

/** Writes the entries in order of a hash, those without one left out, in sections that are read a bit at a time. */
function writeRootOrder(segment: SegmentWriter, prints: Uint32Array): void {
  const order = orderOf(prints);
  const sorted = numbersAt(prints, order);
  segment.section('root.prints')(bytesOf(sorted));
  segment.section('root.entries')(bytesOf(order));
}

function bytesOf(numbers: Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** What the tables of names have left to be written among the resident sections. */
export type TableSections = Readonly<Record<string, Uint32Array | Float64Array>>;

/**
 * Ends a segment of which names, trigrams and contents are written.
 *
 * @param files the resident sections of the table of file names
 * @param folders those of the table of folder names
 */
export function finishSegment(
  segment: SegmentWriter,
  columns: Columns,
  prints: ContentPrints,
  tables: { readonly file: TableSections; readonly folder: TableSections },
): void {
  const file = { ...tables.file, ...writePlaces(segment, 'file', columns.entryNames, namesOf(tables.file)) };
  const folder = { ...tables.folder, ...writePlaces(segment, 'folder', columns.folderNames, namesOf(tables.folder)) };
  writeRootOrder(segment, prints.rootPrints);
  const order = orderContents(prints.sha1Prints, prints.recordHashes);
  segment.resident('sha1.prints', order.prints);
  segment.resident('sha1.entries', order.entries);
  segment.resident('sha1.contents', order.contents);
  segment.resident('sha1.shared', order.shared);
  segment.resident('sha1.filter', createPrintFilter(prints.sha1Prints));
  for (const [name, numbers] of Object.entries(columns)) segment.resident(name, numbers);
  for (const [name, numbers] of Object.entries(file)) segment.resident(`file.${name}`, numbers);
  for (const [name, numbers] of Object.entries(folder)) segment.resident(`folder.${name}`, numbers);
  segment.finish();
}

function namesOf(table: TableSections): number {
  return table['units']?.at(-1) ?? 0;
}

keepCompiled(createColumnWriter({ entries: 0, folders: 0, lists: 0 }));
keepCompiled(createContentWriter(idleWriter, 0));
