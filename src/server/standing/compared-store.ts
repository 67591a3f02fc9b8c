import type { ListInEffect } from '../../catalog/catalog.ts';
import type { openDatabase } from '../../storage/database.ts';

/** Changes of one list that follow each other and wait for what came before them; beyond, the list is read again at a start. */
const LINKS_MAX = 1_000;

export type ComparedStore = ReturnType<typeof createComparedStore>;

/**
 * Remembers which revision of each publisher's list was compared with the watches, in the transaction of the comparison. A server
 * that ends between the two finds at its next start whose lists have to be compared again.
 */
export function createComparedStore(database: ReturnType<typeof openDatabase>) {
  const sql = {
    revision: database.prepare<[string], string>('SELECT revision FROM compared WHERE publisher = ?').pluck(),
    set: database.prepare<[string, string]>('INSERT OR REPLACE INTO compared (publisher, revision) VALUES (?, ?)'),
    drop: database.prepare<[string]>('DELETE FROM compared WHERE publisher = ?'),
    all: database.prepare<[], string>('SELECT publisher FROM compared').pluck(),
    parts: database
      .prepare<[string, string], number>('SELECT parts FROM staged WHERE publisher = ? AND token = ?')
      .pluck(),
    setParts: database.prepare<[string, string, number]>(
      'INSERT OR REPLACE INTO staged (publisher, token, parts) VALUES (?, ?, ?)',
    ),
    dropParts: database.prepare<[string]>('DELETE FROM staged WHERE publisher = ?'),
  };
  /** By publisher, which revision follows which, of changes that were compared before what they follow. */
  const links = new Map<string, Map<string, string>>();

  function replaced(publisher: string, revision: string): void {
    sql.set.run(publisher, revision);
    sql.dropParts.run(publisher);
    links.delete(publisher);
  }

  function forget(publisher: string): void {
    sql.drop.run(publisher);
    sql.dropParts.run(publisher);
    links.delete(publisher);
  }

  return {
    /** A whole list was compared. */
    replaced,
    /** Changes were compared that made one revision of another. */
    changed: (publisher: string, before: string, revision: string): void => {
      if (sql.revision.get(publisher) === before) {
        sql.set.run(publisher, revision);
        return;
      }
      const known = links.get(publisher) ?? new Map<string, string>();
      if (known.size < LINKS_MAX) links.set(publisher, known.set(before, revision));
    },
    /** A list was read from the catalog and compared; its changes since then have been, too. */
    caughtUp: (publisher: string, revision: string): void => {
      const known = links.get(publisher);
      let last = revision;
      for (let next = known?.get(last); next !== undefined; next = known?.get(last)) {
        known?.delete(last);
        last = next;
      }
      sql.set.run(publisher, last);
      links.delete(publisher);
    },
    /** A part of a list that has not taken effect was compared. */
    staged: (publisher: string, token: string, part: number): void => {
      const before = sql.parts.get(publisher, token) ?? 0;
      if (part === before + 1) sql.setParts.run(publisher, token, part);
    },
    /** Whether all parts of a list were compared. */
    isStagedWhole: (publisher: string, token: string, parts: number): boolean =>
      sql.parts.get(publisher, token) === parts,
    /** Takes lists for compared as they are: they were there before the first watch. */
    begin: (lists: readonly ListInEffect[]): void => {
      for (const { id, revision } of lists) sql.set.run(id, revision);
    },
    /** Those that were not compared as they are; what is remembered of others goes. */
    missed: (lists: readonly ListInEffect[]): readonly ListInEffect[] => {
      const known = new Set(sql.all.all());
      const current = new Set(lists.map(({ id }) => id));
      for (const publisher of known) if (!current.has(publisher)) forget(publisher);
      return lists.filter(({ id, revision }) => sql.revision.get(id) !== revision);
    },
    isEmpty: (): boolean => sql.all.get() === undefined,
    forget,
  };
}
