import type Database from 'better-sqlite3';
import { diskFailure } from '../../../storage/disk-failure.ts';

/** The database of the queue, with its failures told as SwapmeetError `disk-full` or `disk-error`. */
export type QueueDatabase = {
  readonly database: Database.Database;
  readonly run: <T>(work: () => T) => T;
  /** In one transaction, that a power cut may lose; kill -9 can't. It waits for no disk. */
  readonly runUnsynced: <T>(work: () => T) => T;
};

/**
 * When the log has so many pages they go into the database, which waits for the disk: with SQLite's own thousand, a change of a
 * long queue would do so in every step.
 */
const LOG_PAGES = 4_000;

export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskFailure(error, file);
  }
}

export function createQueueDatabase(database: Database.Database, file: string): QueueDatabase {
  const run = <T>(work: () => T): T => guarded(file, work);
  run(() => database.pragma(`wal_autocheckpoint = ${LOG_PAGES}`));
  return {
    database,
    run,
    runUnsynced: (work) =>
      run(() => {
        database.pragma('synchronous = NORMAL');
        try {
          return database.transaction(work)();
        } finally {
          database.pragma('synchronous = FULL');
        }
      }),
  };
}
