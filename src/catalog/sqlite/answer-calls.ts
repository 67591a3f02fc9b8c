import Sqlite from 'better-sqlite3';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import { DamagedSegment } from '../segment/checksums.ts';
import type { Database } from './database.ts';
import type { Call, Handlers, Outcome } from './threads.ts';

/** The connection of a thread, and what the thread does with it. */
export type Service = {
  readonly database: Database;
  readonly handlers: Handlers;
  /** `immediate` for a connection that writes. */
  readonly transaction: 'immediate' | 'deferred';
};

/**
 * The default export of a worker module: runs calls in one transaction, so that a reader sees one state of the database and
 * what a writer changed is on the disk for all of them at once. A call that fails changes nothing, and the others go on.
 *
 * @param open called once, at the first call
 */
export function answerCalls(open: () => Service): (calls: readonly Call[]) => Outcome[] {
  let service: Service | undefined;
  return (calls) => {
    try {
      service ??= open();
      const { database, handlers, transaction } = service;
      const runAll = database.transaction(() => calls.map((call) => runOne(database, handlers, call)));
      return runAll[transaction]();
    } catch (error) {
      return calls.map(() => failureOf(error));
    }
  };
}

/** Runs a call in a transaction within the transaction. */
function runOne(database: Database, handlers: Handlers, { name, args }: Call): Outcome {
  const handler = handlers[name] as (...args: readonly unknown[]) => unknown;
  try {
    return { value: database.transaction(() => handler(...args))() };
  } catch (error) {
    // SQLite has undone all of it where the disk failed: no call of it may be told that it succeeded.
    if (!database.inTransaction) throw error;
    return failureOf(error);
  }
}

function failureOf(error: unknown): Outcome {
  if (error instanceof DamagedSegment) return { failure: { ...DAMAGED, cause: error.stack, damaged: error.segment } };
  const { code, message } = error instanceof Sqlite.SqliteError ? fromSqlite(error) : toSwapmeetError(error);
  return { failure: { code, sentence: message, cause: error instanceof Error ? error.stack : undefined } };
}

const DAMAGED = {
  code: 'disk-error',
  sentence: 'a part of the catalog is damaged and is left out from now on; its peers send their lists again: try again',
} as const;

const DISK_ERRORS = /^SQLITE_(?:IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|PERM)/;

function fromSqlite(error: InstanceType<typeof Sqlite.SqliteError>): SwapmeetError {
  if (error.code.startsWith('SQLITE_FULL')) {
    return new SwapmeetError('disk-full', 'there is no room on the disk of the catalog: make some');
  }
  if (DISK_ERRORS.test(error.code)) {
    return new SwapmeetError('disk-error', `the catalog’s file can’t be used: ${error.message}`);
  }
  return toSwapmeetError(error);
}
