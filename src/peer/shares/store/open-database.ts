import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { NewerDatabaseError, openDatabase } from '../../../storage/database.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { MIGRATIONS } from './schema.ts';

/** What says that a file is no database (any more), rather than that it can't be reached now. */
const BROKEN_CODES: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

/**
 * Opens the database of shares, and makes it if need be. It is used on the peer's main thread: every statement takes
 * microseconds, transactions hold a few hundred rows, and with `synchronous = NORMAL` a commit waits for no disk; a
 * thread of its own would cost a message a statement, and order between them. A power cut may lose the last commits,
 * which costs hashing those files again.
 *
 * All in it can be found out anew from the disk, so one that is broken, or of a newer version, is replaced. Only what was known
 * as damaged is then taken for what it is now.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`
 */
export function openShareDatabase(file: string, log: Logger): Database.Database {
  try {
    return open(file);
  } catch (error) {
    if (!isUseless(error)) throw diskFailure(error, file);
    log.warn({ file, err: error }, 'the database of shares is made anew; all shared files are hashed again');
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return open(file);
  }
}

function open(file: string): Database.Database {
  return openDatabase(file, { migrations: MIGRATIONS, synchronous: 'NORMAL' });
}

function isUseless(error: unknown): boolean {
  return error instanceof NewerDatabaseError || (error instanceof Database.SqliteError && BROKEN_CODES.has(error.code));
}
