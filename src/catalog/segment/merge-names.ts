import { compareBytes, createNameTableWriter, NO_NAME, type NameTable } from './name-table.ts';
import { createPostingWriter, END } from './postings.ts';
import type { TableSections } from './columns.ts';
import type { SegmentWriter } from './segment-file.ts';
import { createNumbers, withRoom } from './memory.ts';

/** A table whose names go into another, as far as they are used. */
export type NameSource = { readonly table: NameTable; readonly isUsed: (id: number) => boolean };

/** What became of the names: by source, the new id of each old one, `NO_NAME` for those that were left out. */
export type MergedNames = { readonly newIds: readonly Uint32Array[]; readonly sections: TableSections };

/** Writes one table of all names that are used in any of the sources, and the lists of their trigrams. */
export function mergeNames(segment: SegmentWriter, prefix: string, sources: readonly NameSource[]): MergedNames {
  const table = createNameTableWriter(segment, prefix);
  const newIds = sources.map((source) => createNumbers(source.table.count).fill(NO_NAME));
  const cursors = sources.map(createCursor);
  for (let first = lowest(cursors); first !== undefined; first = lowest(cursors)) {
    const { names } = first.table;
    const id = table.add(names.window, names.at, names.end, first.units);
    // All that stand at the same name, `first` last: its bytes are what the others are compared with.
    for (const [at, cursor] of cursors.entries()) {
      if (cursor === first || compareCursors(cursor, first) !== 0) continue;
      setAt(newIds[at], cursor.id, id);
      cursor.next();
    }
    setAt(newIds[cursors.indexOf(first)], first.id, id);
    first.next();
  }
  const tables = sources.map((source) => source.table);
  return { newIds, sections: { ...table.finish(), ...mergeTrigrams(segment, prefix, tables, newIds) } };
}

function setAt(ids: Uint32Array | undefined, at: number, id: number): void {
  if (ids !== undefined) ids[at] = id;
}

/** Goes through the names of a source that are used; `id` is `END` after the last. */
type Cursor = { readonly table: NameTable; id: number; units: number; next(): void };

function createCursor({ table, isUsed }: NameSource): Cursor {
  const cursor: Cursor = {
    table,
    id: -1,
    units: 0,
    next: () => {
      do cursor.id += 1;
      while (cursor.id < table.count && !isUsed(cursor.id));
      if (cursor.id >= table.count) {
        cursor.id = END;
        return;
      }
      table.names.find(cursor.id);
      cursor.units = table.unitsOf(cursor.id);
    },
  };
  cursor.next();
  return cursor;
}

function lowest(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined;
  for (const cursor of cursors) {
    if (cursor.id !== END && (first === undefined || compareCursors(cursor, first) < 0)) first = cursor;
  }
  return first;
}

function compareCursors(a: Cursor, b: Cursor): number {
  if (a.id === END || b.id === END) return a.id === b.id ? 0 : a.id === END ? 1 : -1;
  if (a.units !== b.units) return a.units - b.units;
  const [x, y] = [a.table.names, b.table.names];
  return compareBytes(x.window, x.at, x.end, y.window, y.at, y.end);
}

/** Writes the lists of all trigrams that any of the tables has, with the names’ new ids. */
function mergeTrigrams(
  segment: SegmentWriter,
  prefix: string,
  tables: readonly NameTable[],
  newIds: readonly Uint32Array[],
): TableSections {
  const writer = createPostingWriter(segment.section(`${prefix}.postings`));
  const keys: number[] = [];
  const places = new Uint32Array(tables.length);
  let ids = createNumbers(IDS_MIN);
  for (let key = lowestKey(tables, places); key !== Infinity; key = lowestKey(tables, places)) {
    let used = 0;
    let lists = 0;
    for (const [at, table] of tables.entries()) {
      const place = places[at] ?? 0;
      if (table.keys[place] !== key) continue;
      places[at] = place + 1;
      ids = withRoom(ids, used + table.postings.sizeOf(place));
      const before = used;
      used = table.postings.copyRenumbered(place, newIds[at] ?? ids, ids, used);
      if (used > before) lists += 1;
    }
    if (used === 0) continue;
    const list = ids.subarray(0, used);
    writeList(writer, lists > 1 ? list.sort() : list);
    keys.push(key);
  }
  const lists = writer.finish();
  return { keys: Float64Array.from(keys), 'postings.offsets': lists.offsets, 'postings.sizes': lists.sizes };
}

/** Room for the lists of most trigrams. */
const IDS_MIN = 4096;

/** The first of the trigrams at which the tables stand. */
function lowestKey(tables: readonly NameTable[], places: Uint32Array): number {
  let lowest = Infinity;
  for (let at = 0; at < tables.length; at += 1) {
    const key = tables[at]?.keys[places[at] ?? 0];
    if (key !== undefined && key < lowest) lowest = key;
  }
  return lowest;
}

/** Writes a list of ascending ids, of which some may be there several times. */
function writeList(writer: ReturnType<typeof createPostingWriter>, ids: Uint32Array): void {
  let last = -1;
  for (const id of ids) {
    if (id !== last) writer.add(id);
    last = id;
  }
  writer.endList();
}
