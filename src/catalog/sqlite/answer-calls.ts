import Sqlite from 'better-sqlite3';
import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';
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
 * The default export of a worker module: runs each call in a transaction of its own, so that a reader sees one state of the
 * database and a writer's changes are all made or none.
 *
 * @param open called once, at the first call
 */
export function answerCalls(open: () => Service): (call: Call) => Outcome {
  let service: Service | undefined;
  return ({ name, args }) => {
    try {
      service ??= open();
      const handler = service.handlers[name] as (...args: readonly unknown[]) => unknown;
      const run = service.database.transaction(() => handler(...args));
      return { value: run[service.transaction]() };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
}

function failureOf(error: unknown): { code: ErrorCode; sentence: string; cause: unknown } {
  const { code, message } = error instanceof Sqlite.SqliteError ? fromSqlite(error) : toSwapmeetError(error);
  return { code, sentence: message, cause: error instanceof Error ? error.stack : undefined };
}

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
