import type Database from 'better-sqlite3';
import { diskFailure } from '../../../storage/disk-failure.ts';

/** The database of the queue, with its failures told as SwapmeetError `disk-full` or `disk-error`. */
export type QueueDatabase = {
  readonly database: Database.Database;
  readonly run: <T>(work: () => T) => T;
  /** In one transaction, that a power cut may lose; kill -9 can't. It waits for no disk. */
  readonly runUnsynced: <T>(work: () => T) => T;
};

export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskFailure(error, file);
  }
}

export function createQueueDatabase(database: Database.Database, file: string): QueueDatabase {
  const run = <T>(work: () => T): T => guarded(file, work);
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
