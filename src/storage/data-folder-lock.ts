import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SwapmeetError } from '../domain/errors.ts';

/** A data folder that this process alone uses, until `release` or its end, however it ends. */
export type DataFolderLock = { release(): void };

const LOCK_FILE = 'lock.db';

// A database that is garbage-collected closes itself, and a holder may well drop what it never means to release.
const held = new Set<Database.Database>();

/**
 * Makes the folder where it is missing (0700) and takes it for this process.
 *
 * Node has no file locks, and a file with a process id in it outlives kill -9. An SQLite database in an exclusive transaction
 * is a lock of the operating system's own, on every system, and goes with the process.
 *
 * @throws SwapmeetError `already-running` when another process (or another part of this one) has it; `disk-error`
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const database = openLockFile(folder);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) {
      throw new SwapmeetError('already-running', `another process uses ${folder}: stop it, or name another folder`, {
        cause: error,
      });
    }
    throw diskError(folder, error);
  }
  held.add(database);
  return {
    release: () => {
      held.delete(database);
      database.close();
    },
  };
}

function openLockFile(folder: string): Database.Database {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Database(join(folder, LOCK_FILE), { timeout: 0 });
  } catch (error) {
    throw diskError(folder, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function diskError(folder: string, cause: unknown): SwapmeetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SwapmeetError('disk-error', `the data folder ${folder} can’t be used: ${reason}`, { cause });
}
