import { createBits, hasBit, setBit } from './bits.ts';
import { createColumnWriter, createContentWriter, finishSegment } from './columns.ts';
import { CONTENT_BYTES } from './content-record.ts';
import { mergeNames } from './merge-names.ts';
import { filesInOrder, firstInOrder, foldersInOrder, type NameSequence } from './name-sequence.ts';
import { NO_NAME } from './name-table.ts';
import { createSegmentWriter } from './segment-file.ts';
import { extentOfList, type Segment } from './segment.ts';

/** A segment that goes into another one, as far as it is alive. */
export type MergeSource = {
  readonly segment: Segment;
  readonly isListAlive: (list: number) => boolean;
  /** Entries that were removed or replaced since. */
  readonly isDead: (entry: number) => boolean;
};

export type MergeOptions = {
  readonly write: (chunk: Uint8Array) => void;
  /** Told of each entry in the order in which they lie in the new segment. */
  readonly onEntry?: (source: number, entry: number) => void;
};

/** A part of a list, as one of the sources has it. */
type Part = { readonly at: number; readonly source: MergeSource; readonly list: number };
/** A folder, as one of the sources has it. */
type Folder = Part & { readonly folder: number };

/**
 * Makes one segment of several. Parts of a list that lie in different sources become one list; where two have an entry of
 * the same path, the later source’s stays.
 *
 * @returns the entries of the new segment
 */
export function mergeSegments(sources: readonly MergeSource[], { write, onEntry }: MergeOptions): number {
  const lists = gatherLists(sources);
  const segment = createSegmentWriter(write);
  const used = sources.map(findUsedNames);
  const files = mergeNames(
    segment,
    'file',
    used.map((names) => ({ table: names.segment.files, isUsed: (id) => hasBit(names.files, id) })),
  );
  const folders = mergeNames(
    segment,
    'folder',
    used.map((names) => ({ table: names.segment.folders, isUsed: (id) => hasBit(names.folders, id) })),
  );
  const capacity = {
    entries: sum(used.map(({ entries }) => entries)),
    folders: sum(sources.map((source) => source.segment.folderCount)),
    lists: lists.length,
  };
  const columns = createColumnWriter(capacity);
  const contents = createContentWriter(segment, capacity.entries);
  const walker = createWalker({
    entry: (at, source, entry) => {
      columns.addEntry(files.newIds[at]?.[source.entryNames[entry] ?? 0] ?? NO_NAME);
      const place = source.contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
      contents.add(source.contents.window, place);
      onEntry?.(at, entry);
    },
    openFolder: (at, source, folder) => {
      columns.openFolder(folders.newIds[at]?.[source.folderNames[folder] ?? 0] ?? NO_NAME);
    },
    closeFolder: () => {
      columns.closeFolder();
    },
  });
  let entries = 0;
  for (const { peer, list, parts } of lists) {
    columns.beginList(peer, list);
    columns.openFolder(NO_NAME);
    entries += walker(parts.map((part) => ({ ...part, folder: part.source.segment.listFolders[part.list] ?? 0 })));
    columns.closeFolder();
  }
  finishSegment(segment, columns.finish(), contents.finish(), { file: files.sections, folder: folders.sections });
  return entries;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The lists that are alive, in order of peer, each with its parts in the order of the sources. */
function gatherLists(sources: readonly MergeSource[]) {
  const lists = new Map<string, { peer: number; list: number; parts: Part[] }>();
  for (const [at, source] of sources.entries()) {
    const { listPeers, listNumbers, listCount } = source.segment;
    for (let index = 0; index < listCount; index += 1) {
      if (!source.isListAlive(index)) continue;
      const [peer, list] = [listPeers[index] ?? 0, listNumbers[index] ?? 0];
      const key = `${peer}/${list}`;
      const known = lists.get(key) ?? { peer, list, parts: [] };
      known.parts.push({ at, source, list: index });
      lists.set(key, known);
    }
  }
  return [...lists.values()].sort((a, b) => a.peer - b.peer || a.list - b.list);
}

/** Which names of a source its living entries and their folders have. */
function findUsedNames({ segment, isListAlive, isDead }: MergeSource) {
  const files = createBits(segment.files.count);
  const folders = createBits(segment.folders.count);
  let entries = 0;
  for (let list = 0; list < segment.listCount; list += 1) {
    if (!isListAlive(list)) continue;
    const extent = extentOfList(segment, list);
    for (let entry = extent.entry; entry < extent.entriesEnd; entry += 1) {
      if (isDead(entry)) continue;
      setBit(files, segment.entryNames[entry] ?? 0);
      entries += 1;
    }
    for (let folder = extent.folder + 1; folder < extent.foldersEnd; folder += 1) {
      setBit(folders, segment.folderNames[folder] ?? 0);
    }
  }
  return { segment, files, folders, entries };
}

type WalkVisitor = {
  entry(source: number, segment: Segment, entry: number): void;
  openFolder(source: number, segment: Segment, folder: number): void;
  closeFolder(): void;
};

/** Walks a folder that has parts in several sources, as if it were one; folders without living entries are passed over. */
function createWalker(visitor: WalkVisitor): (folders: readonly Folder[]) => number {
  /** The folders that were begun, but of which nothing was told yet: they may be empty. */
  const begun: Folder[] = [];

  function tell(part: Part, entry: number): void {
    for (const { at, source, folder } of begun) visitor.openFolder(at, source.segment, folder);
    begun.length = 0;
    visitor.entry(part.at, part.source.segment, entry);
  }

  function walk(folders: readonly Folder[]): number {
    let entries = 0;
    eachOnce(folders.map(filesOf), (part, entry) => {
      tell(part, entry);
      entries += 1;
    });
    eachTogether(folders.map(foldersOf), (children) => {
      const [first] = children;
      if (first === undefined) return;
      begun.push(first);
      const below = walk(children);
      if (below === 0) begun.pop();
      else visitor.closeFolder();
      entries += below;
    });
    return entries;
  }
  return walk;
}

function filesOf(part: Folder): NameSequence<Folder> {
  return filesInOrder(part, part.source.segment, part.folder, part.source);
}

function foldersOf(part: Folder): NameSequence<Folder> {
  return foldersInOrder(part, part.source.segment, part.folder);
}

/** Goes through sequences as one, in order of name; of those that have the same name, the last one's is told. */
function eachOnce(sequences: readonly NameSequence<Folder>[], visit: (part: Part, entry: number) => void): void {
  const [only] = sequences;
  if (only !== undefined && sequences.length === 1) {
    while (only.place !== -1) {
      visit(only.part, only.place);
      only.next();
    }
    return;
  }
  for (let same = firstInOrder(sequences); same.length > 0; same = firstInOrder(sequences)) {
    const last = same.at(-1);
    if (last !== undefined) visit(last.part, last.place);
    for (const sequence of same) sequence.next();
  }
}

/** The same, but all that have the same name are told together. */
function eachTogether(sequences: readonly NameSequence<Folder>[], visit: (folders: readonly Folder[]) => void): void {
  for (let same = firstInOrder(sequences); same.length > 0; same = firstInOrder(sequences)) {
    visit(same.map(({ part, place }) => ({ ...part, folder: place })));
    for (const sequence of same) sequence.next();
  }
}
