import Database from 'better-sqlite3';
import { openDatabase } from '../../storage/database.ts';
import { MIGRATIONS } from './migrations.ts';

export type { Database } from 'better-sqlite3';

const WRITER_CACHE_KIB = 64 * 1024;

/** Opens the one connection that writes, and brings the schema up to date. @throws SwapmeetError `disk-error` */
export function openForWriting(file: string): Database.Database {
  const database = openDatabase(file, { migrations: MIGRATIONS, synchronous: 'FULL' });
  database.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  return database;
}

/** Opens a connection that reads; any number may, while the writer writes. */
export function openForReading(file: string): Database.Database {
  return new Database(file, { readonly: true });
}
