import type Database from 'better-sqlite3';
import type { ShareDefinition } from '../share-definitions.ts';
import { FILE_STATE } from './schema.ts';

/** Keeping the database to what may be of use again. */
export type RetiredFiles = {
  /** The labels of files that are not to be found where they were: their share is no more, or lies elsewhere now. */
  readonly misplacedLabels: (shares: readonly ShareDefinition[]) => string[];
  /** To call when the files of these labels are taken out: from then on, that is where the shares lie. */
  readonly setShares: (shares: readonly ShareDefinition[]) => void;
  /** Forgets at most `PURGE_FILES_MAX` files of a share that are missing since before. `true`: call it again. */
  readonly purge: (label: string, missingBeforeMs: number) => boolean;
  /** All labels that the database has files of. */
  readonly labels: () => string[];
};

const PURGE_FILES_MAX = 500;

export function createRetiredFiles(database: Database.Database): RetiredFiles {
  const labels = database.prepare<[], string>('SELECT DISTINCT label FROM tally WHERE files > 0').pluck();
  const folderOf = database.prepare<[string], string>('SELECT folder FROM share WHERE label = ?').pluck();
  const clear = database.prepare('DELETE FROM share');
  const add = database.prepare<[string, string]>('INSERT INTO share (label, folder) VALUES (?, ?)');
  const purge = database.prepare<[string, string, number]>(
    `DELETE FROM file WHERE id IN (SELECT id FROM file INDEXED BY file_missing WHERE path >= ? AND path < ?
      AND state = ${FILE_STATE.missing} AND missing_since_ms < ? LIMIT ${PURGE_FILES_MAX})`,
  );
  return {
    misplacedLabels(shares) {
      const folders = new Map(shares.map((share) => [share.label, share.folder]));
      return labels.all().filter((label) => !folders.has(label) || folders.get(label) !== folderOf.get(label));
    },
    setShares: database.transaction((shares: readonly ShareDefinition[]) => {
      clear.run();
      for (const { label, folder } of shares) add.run(label, folder);
    }),
    purge: (label, missingBeforeMs) => purge.run(`${label}/`, `${label}0`, missingBeforeMs).changes === PURGE_FILES_MAX,
    labels: () => labels.all(),
  };
}
