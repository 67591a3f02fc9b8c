import Database from 'better-sqlite3';
import { SwapmeetError } from '../domain/errors.ts';

export type DatabaseOptions = {
  /**
   * The schema as the steps that led to it: step n (counting from 1) takes a database from version n - 1 to n. One that was
   * released is never changed.
   */
  readonly migrations: readonly string[];
  /** FULL: what is committed survives a power cut. NORMAL: it survives the process, and a commit waits for no disk. */
  readonly synchronous: 'FULL' | 'NORMAL';
};

/** The database was written by a newer version of this program, whose schema this one does not know. */
export class NewerDatabaseError extends SwapmeetError {
  constructor(file: string) {
    super('disk-error', `${file} was written by a newer version of swapmeet: run that one`);
  }
}

/**
 * Opens a database, made where it is missing, and brings its schema up to date.
 *
 * @throws NewerDatabaseError, or what SQLite says (see `diskFailure`)
 */
export function openDatabase(file: string, { migrations, synchronous }: DatabaseOptions): Database.Database {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${synchronous}`);
    // On macOS an fsync alone leaves the data in the drive's own cache.
    if (synchronous === 'FULL') database.pragma('fullfsync = ON');
    database.pragma('foreign_keys = ON');
    migrate(database, file, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database.Database, file: string, migrations: readonly string[]): void {
  database
    .transaction(() => {
      const version = Number(database.pragma('user_version', { simple: true }));
      if (version > migrations.length) throw new NewerDatabaseError(file);
      for (const step of migrations.slice(version)) database.exec(step);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
