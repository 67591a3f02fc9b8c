import {
  createColumnWriter,
  createContentWriter,
  finishSegment,
  type ColumnWriter,
  type TableSections,
} from './columns.ts';
import { CONTENT_BYTES } from './content-record.ts';
import { createFoldedName } from './folded-name.ts';
import { keepCompiled } from './keep-compiled.ts';
import { createListTree, TOP, type ListTree } from './list-tree.ts';
import { createNumbers, numbersAt } from './memory.ts';
import { createNameSet, type NameSet } from './name-set.ts';
import { createNameTableWriter, NO_NAME } from './name-table.ts';
import { groupPlaces, orderOf, type Groups } from './order.ts';
import type { PairSet } from './pair-set.ts';
import { createSegmentWriter, type SegmentWriter } from './segment-file.ts';
import { createTrigramLists } from './trigram-lists.ts';

/** A list that is to become part of a segment. */
export type ListToBuild = { readonly peer: number; readonly list: number; readonly tree: ListTree };

/** By name of a list: its id in the table of the segment, and its place in the order of bytes. */
type NameNumbers = { readonly ids: Uint32Array; readonly ranks: Uint32Array };

/**
 * Makes a segment of lists that are in memory.
 *
 * @param write takes the segment's bytes, piece by piece; a piece is used again when it returns
 */
export function buildSegment(lists: readonly ListToBuild[], write: (chunk: Uint8Array) => void): void {
  const segment = createSegmentWriter(write);
  const trees = lists.map(({ tree }) => tree);
  const files = writeNames(
    segment,
    'file',
    trees.map(({ fileNames }) => fileNames),
  );
  const folders = writeNames(
    segment,
    'folder',
    trees.map(({ folderNames }) => folderNames),
  );
  const entries = trees.reduce((sum, tree) => sum + tree.files.count, 0);
  const columns = createColumnWriter({
    entries,
    folders: trees.reduce((sum, tree) => sum + tree.folders.count, 0),
    lists: lists.length,
  });
  const contents = createContentWriter(segment, entries);
  for (const [at, { peer, list, tree }] of lists.entries()) {
    columns.beginList(peer, list);
    createWalker({ tree, columns, contents }, files.numbersOf(at), folders.numbersOf(at)).walk(TOP, NO_NAME);
  }
  finishSegment(segment, columns.finish(), contents.finish(), { file: files.sections, folder: folders.sections });
}

/** A list, and where it goes. */
type Passage = {
  readonly tree: ListTree;
  readonly columns: Pick<ColumnWriter, 'openFolder' | 'addEntry' | 'closeFolder'>;
  readonly contents: Pick<ReturnType<typeof createContentWriter>, 'add'>;
};

/** Walks a list in the order of a segment: of each folder its files by name, then its folders by name. */
function createWalker({ tree, columns, contents }: Passage, files: NameNumbers, folders: NameNumbers) {
  const filesIn = byFolder(tree.files, files, tree.folders.count);
  const foldersIn = byFolder(tree.folders, folders, tree.folders.count);

  function walk(folder: number, name: number): void {
    columns.openFolder(name);
    for (let at = filesIn.starts[folder] ?? 0; at < (filesIn.starts[folder + 1] ?? 0); at += 1) {
      const file = filesIn.places[at] ?? 0;
      columns.addEntry(files.ids[tree.files.seconds[file] ?? 0] ?? NO_NAME);
      contents.add(tree.contents, file * CONTENT_BYTES);
    }
    for (let at = foldersIn.starts[folder] ?? 0; at < (foldersIn.starts[folder + 1] ?? 0); at += 1) {
      const child = foldersIn.places[at] ?? 0;
      walk(child, folders.ids[tree.folders.seconds[child] ?? 0] ?? NO_NAME);
    }
    columns.closeFolder();
  }

  return { walk };
}

/** The files, or folders, of each folder, in order of their names. */
function byFolder({ firsts, seconds, count }: PairSet, { ranks }: NameNumbers, folders: number): Groups {
  return groupPlaces(firsts.subarray(0, count), folders, orderOf(numbersAt(ranks, seconds.subarray(0, count))));
}

/** Writes a table of the names of all lists, and their trigrams. */
function writeNames(segment: SegmentWriter, prefix: string, sets: readonly NameSet[]) {
  const all = createNameSet();
  const numbers = sets.map((set) => addAll(all, set));
  const order = all.inOrder();
  const { sections, ids } = writeTable(segment, prefix, all, order);
  const ranks = createNumbers(all.count);
  for (const [rank, name] of order.entries()) ranks[name] = rank;
  return {
    sections,
    /** @param at the place of the list */
    numbersOf: (at: number): NameNumbers => {
      const names = numbers[at] ?? createNumbers(0);
      return { ids: numbersAt(ids, names), ranks: numbersAt(ranks, names) };
    },
  };
}

/** Adds all names of a set to another one; returns by name its number there. */
function addAll(all: NameSet, { count, bytes, starts }: NameSet): Uint32Array {
  const numbers = createNumbers(count);
  for (let name = 0; name < count; name += 1) {
    numbers[name] = all.add(bytes, starts[name] ?? 0, starts[name + 1] ?? 0);
  }
  return numbers;
}

/** @param order all names in the order of their bytes */
function writeTable(
  segment: SegmentWriter,
  prefix: string,
  { count, bytes: allBytes, starts }: NameSet,
  order: Uint32Array,
): { readonly sections: TableSections; readonly ids: Uint32Array } {
  const bytes = Buffer.from(allBytes.buffer, allBytes.byteOffset, allBytes.length);
  const folded = createFoldedName();
  const units = createNumbers(count);
  let unitsMax = 0;
  for (let name = 0; name < count; name += 1) {
    folded.fold(bytes, starts[name] ?? 0, starts[name + 1] ?? 0);
    units[name] = folded.count;
    unitsMax = Math.max(unitsMax, folded.count);
  }
  const table = createNameTableWriter(segment, prefix);
  const trigrams = createTrigramLists();
  const ids = createNumbers(count);
  for (const name of groupPlaces(units, unitsMax + 1, order).places) {
    const [from, to] = [starts[name] ?? 0, starts[name + 1] ?? 0];
    const id = table.add(bytes, from, to, units[name] ?? 0);
    folded.fold(bytes, from, to);
    trigrams.add(id, folded);
    ids[name] = id;
  }
  return { sections: { ...table.finish(), ...trigrams.write(segment, prefix) }, ids };
}

const NO_NAMES: NameNumbers = { ids: createNumbers(0), ranks: createNumbers(0) };
const NOWHERE: Omit<Passage, 'tree'> = {
  columns: createColumnWriter({ entries: 0, folders: 0, lists: 0 }),
  contents: { add: () => undefined },
};
keepCompiled(createWalker({ tree: createListTree(), ...NOWHERE }, NO_NAMES, NO_NAMES));
