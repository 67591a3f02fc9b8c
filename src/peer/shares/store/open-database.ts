import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { SwapmeetError } from '../../../domain/errors.ts';
import { MIGRATIONS } from './schema.ts';

/** What says that a file is no database (any more), rather than that it can't be reached now. */
const BROKEN_CODES: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/**
 * Opens the database of shares, and makes it if need be. It is used on the peer's main thread: every statement takes
 * microseconds, transactions hold a few hundred rows, and with `synchronous = NORMAL` a commit waits for no disk; a
 * thread of its own would cost a message a statement, and order between them. A power cut may lose the last commits,
 * which costs hashing those files again.
 *
 * All in it can be found out anew from the disk, so one that is broken, or of a newer version, is replaced.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`
 */
export function openDatabase(file: string, log: Logger): Database.Database {
  try {
    return openMigrated(file) ?? replaceDatabase(file, log, 'is of a newer version');
  } catch (error) {
    if (error instanceof Database.SqliteError && BROKEN_CODES.has(error.code)) {
      return replaceDatabase(file, log, 'is broken');
    }
    throw databaseFailure(error, file);
  }
}

/** An error of the database as one of ours; all else as it is. */
export function databaseFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const [code, advice] =
    error.code === 'SQLITE_FULL'
      ? (['disk-full', 'make room on its disk'] as const)
      : (['disk-error', 'look at its permissions and the disk'] as const);
  return new SwapmeetError(code, `the database of shares ${file} cannot be used (${error.message}): ${advice}`, {
    cause: error,
  });
}

function openMigrated(file: string): Database.Database | undefined {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    if (migrate(database)) return database;
    database.close();
    return undefined;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether the database now has the version of this program. */
function migrate(database: Database.Database): boolean {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) return false;
  database.transaction(() => {
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
  return true;
}

function replaceDatabase(file: string, log: Logger, why: string): Database.Database {
  log.warn({ file }, `the database of shares ${why}; all shared files are hashed again`);
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  const database = openMigrated(file);
  if (!database) throw new SwapmeetError('internal', `the new database of shares ${file} has a wrong version`);
  return database;
}
