import Database from 'better-sqlite3';
import { SwapmeetError } from '../../domain/errors.ts';
import { MIGRATIONS } from './migrations.ts';

export type { Database } from 'better-sqlite3';

const WRITER_CACHE_KIB = 64 * 1024;

/** Opens the one connection that writes, and brings the schema up to date. */
export function openForWriting(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // What is committed is on the disk, not only handed to the operating system; on macOS that takes a further step.
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma('foreign_keys = ON');
  database.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  migrate(database);
  return database;
}

/** Opens a connection that reads; any number may, while the writer writes. */
export function openForReading(file: string): Database.Database {
  return new Database(file, { readonly: true });
}

function migrate(database: Database.Database): void {
  database
    .transaction(() => {
      const version = Number(database.pragma('user_version', { simple: true }));
      if (version > MIGRATIONS.length) {
        throw new SwapmeetError('disk-error', 'a newer version of swapmeet wrote this data folder: run that one');
      }
      for (const step of MIGRATIONS.slice(version)) database.exec(step);
      database.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}
