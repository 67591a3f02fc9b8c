import { SwapmeetError } from '../../../domain/errors.ts';
import { PAGE_ROWS_DEFAULT } from '../../../protocol/limits.ts';
import type { Page, PageRequest } from '../../../protocol/codecs/page.ts';
import { createInOrder, type Place } from './in-order.ts';
import type { QueueDatabase } from './queue-database.ts';
import { fromRow, ROW_COLUMNS, type OutcomeKind, type Row, type StoredDownload } from './rows.ts';

/** The queue from its front to its back, and what of it may be tried when. */
export type QueueOrder = {
  /** All, or those of some outcomes. @throws SwapmeetError `bad-argument` where the cursor is none */
  page(request: PageRequest & { readonly outcomes?: readonly OutcomeKind[] | undefined }): Page<StoredDownload>;
  /**
   * Open downloads that may be tried: first those that wait longest, those that were not tried yet in their order before
   * all others.
   *
   * @param nowMs by the clock that `defer` is told times of
   */
  ready(nowMs: number, limit: number): readonly StoredDownload[];
  /** Those of some that are open and may be tried. */
  readyOf(ids: readonly string[], nowMs: number): readonly StoredDownload[];
  /** When the next of the others may be tried. */
  nextDueMs(nowMs: number): number | undefined;
  /** An open one is tried again only from then on, because of the error. A new process forgets the time. */
  defer(id: string, dueMs: number, error?: SwapmeetError): void;
  /** Whether any is to be tried only later. */
  hasDeferred(): boolean;
  /** These may be tried at once. */
  undefer(ids: readonly string[]): void;
};

export function createQueueOrder({ database, run, runUnsynced }: QueueDatabase): QueueOrder {
  const page = createInOrder<Row>({ database }, ROW_COLUMNS);
  // Left to itself, SQLite takes the index by outcome, and looks at all that wait.
  const byDue = 'download INDEXED BY download_by_due';
  const ready = database.prepare<[number, number], Row>(
    `SELECT ${ROW_COLUMNS} FROM ${byDue} WHERE outcome = 'open' AND due_ms <= ? ORDER BY due_ms, position, number LIMIT ?`,
  );
  // With the signs it looks at these ids alone.
  const readyOf = database.prepare<[string, number], Row>(
    `SELECT ${ROW_COLUMNS} FROM download
      WHERE id IN (SELECT value FROM json_each(?)) AND +outcome = 'open' AND +due_ms <= ? ORDER BY position, number`,
  );
  const nextDue = database
    .prepare<[number], number | null>(`SELECT min(due_ms) FROM ${byDue} WHERE outcome = 'open' AND due_ms > ?`)
    .pluck();
  const defer = database.prepare<[number, string | null, string | null, string]>(
    `UPDATE download SET due_ms = ?, error_code = ?, error_message = ? WHERE id = ? AND outcome = 'open'`,
  );
  const hasDeferred = database
    .prepare<[], number>(`SELECT EXISTS (SELECT 1 FROM ${byDue} WHERE outcome = 'open' AND due_ms > 0)`)
    .pluck();
  const undefer = database.prepare<[string]>(
    `UPDATE download SET due_ms = 0 WHERE id IN (SELECT value FROM json_each(?)) AND +outcome = 'open' AND +due_ms > 0`,
  );

  return {
    page: ({ after, limit = PAGE_ROWS_DEFAULT, outcomes }) =>
      run(() => {
        const rows = page({ outcomes, from: 'front', after: takeCursor(after), limit: limit + 1 });
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        const next = rows.length > limit && last ? `${last.position}.${last.number}` : undefined;
        return { rows: shown.map(fromPlaced), ...(next === undefined ? {} : { next }) };
      }),
    ready: (nowMs, limit) => run(() => ready.all(nowMs, limit).map(fromRow)),
    readyOf: (ids, nowMs) => run(() => readyOf.all(JSON.stringify(ids), nowMs).map(fromRow)),
    nextDueMs: (nowMs) => run(() => nextDue.get(nowMs) ?? undefined),
    defer: (id, dueMs, error) =>
      void runUnsynced(() => defer.run(dueMs, error?.code ?? null, error?.message ?? null, id)),
    hasDeferred: () => run(() => hasDeferred.get() === 1),
    undefer: (ids) => void runUnsynced(() => undefer.run(JSON.stringify(ids))),
  };
}

function fromPlaced({ position: _position, number: _number, ...row }: Row & Place): StoredDownload {
  return fromRow(row);
}

function takeCursor(after: string | undefined): Place | undefined {
  if (after === undefined) return undefined;
  const [position, number] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(after)?.slice(1).map(Number) ?? [];
  if (position !== undefined && number !== undefined) return { position, number };
  throw new SwapmeetError('bad-argument', 'after: give the “next” of the page before');
}
