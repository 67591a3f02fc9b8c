import Sqlite from 'better-sqlite3';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import { DamagedSegment } from '../segment/checksums.ts';
import type { Database } from './database.ts';
import { collectUncounted } from './index/collect-uncounted.ts';
import type { Call, Handlers, Outcome } from './threads.ts';

/** The connection of a thread, and what the thread does with it. */
export type Service = {
  readonly database: Database;
  readonly handlers: Handlers;
  /**
   * `immediate` for a connection that writes. None where handlers go on for long after they have read: as long as somebody reads,
   * the log of the database grows.
   */
  readonly transaction: 'immediate' | 'deferred' | 'none';
};

/**
 * The default export of a worker module: runs calls, mostly in one transaction, so that a reader sees one state of the database and
 * what a writer changed is on the disk for all of them at once. A call that fails changes nothing, and the others go on.
 *
 * @param open called once, at the first call
 */
export function answerCalls(open: () => Service): (calls: readonly Call[]) => Outcome[] {
  let run: ((calls: readonly Call[]) => Outcome[]) | undefined;
  return (calls) => {
    try {
      run ??= runnerOf(open());
      return run(calls);
    } catch (error) {
      return calls.map(() => failureOf(error));
    } finally {
      collectUncounted();
    }
  };
}

function runnerOf({ database, handlers, transaction }: Service): (calls: readonly Call[]) => Outcome[] {
  const handle = ({ name, args }: Call): unknown => {
    const handler = handlers[name] as (...args: readonly unknown[]) => unknown;
    return handler(...args);
  };
  if (transaction === 'none') return (calls) => calls.map((call) => runAlone(handle, call));
  // What only reads leaves nothing to be undone, and a transaction within the transaction takes longer than many a call.
  const handleOne = transaction === 'immediate' ? database.transaction(handle) : handle;
  const runAll = database.transaction((calls: readonly Call[]) =>
    calls.map((call) => runOne(database, handleOne, call)),
  );
  return (calls) => runAll[transaction](calls);
}

function runAlone(handle: (call: Call) => unknown, call: Call): Outcome {
  try {
    return { value: handle(call) };
  } catch (error) {
    return failureOf(error);
  }
}

function runOne(database: Database, handle: (call: Call) => unknown, call: Call): Outcome {
  try {
    return { value: handle(call) };
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
