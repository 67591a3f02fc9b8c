import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SwapmeetError } from '../domain/errors.ts';
import { LOCK_FILE } from './data-folder.ts';

/** A data folder that this process alone uses, until `release` or its end, however it ends. */
export type DataFolderLock = { release(): void };

const PERMISSIONS = 0o7777;
const STICKY = 0o1000;
const OTHERS = 0o077;

// A database that is garbage-collected closes itself, and a holder may well drop what it never means to release.
const held = new Set<Database.Database>();

/**
 * Makes the folder where it is missing, closes it to other users (0700) and takes it for this process.
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
    closeToOthers(folder);
    return new Database(join(folder, LOCK_FILE), { timeout: 0 });
  } catch (error) {
    throw diskError(folder, error);
  }
}

/**
 * Whoever can enter the folder can read password hashes in it. A folder that was made by hand, or by systemd, is closed as one of
 * ours is; the umask stays as it is, since downloads go by it. Not a folder of somebody else, or one for everybody like /tmp.
 */
function closeToOthers(folder: string): void {
  const { mode, uid } = statSync(folder);
  if (uid !== process.geteuid?.() || (mode & STICKY) !== 0 || (mode & OTHERS) === 0) return;
  try {
    chmodSync(folder, mode & PERMISSIONS & ~OTHERS);
  } catch {
    // A file system without permissions can't keep anybody out.
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function diskError(folder: string, cause: unknown): SwapmeetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SwapmeetError('disk-error', `the data folder ${folder} can’t be used: ${reason}`, { cause });
}
