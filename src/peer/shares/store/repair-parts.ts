import type Database from 'better-sqlite3';

/** The partial files of repairs, by absolute path: known before they are made, so that none is left behind for ever. */
export type RepairParts = {
  readonly add: (path: string) => void;
  readonly remove: (path: string) => void;
  readonly all: () => string[];
};

export function createRepairParts(database: Database.Database): RepairParts {
  const add = database.prepare<[string]>('INSERT OR IGNORE INTO repair_part VALUES (?)');
  const remove = database.prepare<[string]>('DELETE FROM repair_part WHERE path = ?');
  const all = database.prepare<[], string>('SELECT path FROM repair_part').pluck();
  return { add: (path) => void add.run(path), remove: (path) => void remove.run(path), all: () => all.all() };
}
