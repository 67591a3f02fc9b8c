import { SwapmeetError } from '../../../domain/errors.ts';
import { PAGE_ROWS_DEFAULT } from '../../../protocol/limits.ts';
import type { Page, PageRequest } from '../../../protocol/codecs/page.ts';
import { POSITION_STEP } from './position.ts';
import type { QueueDatabase } from './queue-database.ts';
import { fromRow, ROW_COLUMNS, type OutcomeKind, type Row, type StoredDownload } from './rows.ts';

/** Where to in the queue. */
export type MoveTarget = 'front' | 'back' | { readonly beforeId: string };

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
  /** When the next of the others may be tried. */
  nextDueMs(nowMs: number): number | undefined;
  /** An open one is tried again only from then on, because of the error. A new process forgets the time. */
  defer(id: string, dueMs: number, error?: SwapmeetError): void;
  /** All may be tried at once. */
  deferNone(): void;
  /** In the order of the ids, which all exist. @throws SwapmeetError `not-found` where the one to come before is gone */
  move(ids: readonly string[], to: MoveTarget): void;
};

type Placed = Row & { readonly position: number; readonly number: number };

export function createQueueOrder({ database, run, runUnsynced }: QueueDatabase): QueueOrder {
  const page = database.prepare<[{ outcomes: string | null; position: number; number: number; limit: number }], Placed>(
    `SELECT ${ROW_COLUMNS}, position, number FROM download
      WHERE (position, number) > (@position, @number)
        AND (@outcomes IS NULL OR outcome IN (SELECT value FROM json_each(@outcomes)))
      ORDER BY position, number LIMIT @limit`,
  );
  // Left to itself, SQLite takes the index by outcome, and looks at all that wait.
  const byDue = 'download INDEXED BY download_by_due';
  const ready = database.prepare<[number, number], Row>(
    `SELECT ${ROW_COLUMNS} FROM ${byDue} WHERE outcome = 'open' AND due_ms <= ? ORDER BY due_ms, position, number LIMIT ?`,
  );
  const nextDue = database
    .prepare<[number], number | null>(`SELECT min(due_ms) FROM ${byDue} WHERE outcome = 'open' AND due_ms > ?`)
    .pluck();
  const defer = database.prepare<[number, string | null, string | null, string]>(
    `UPDATE download SET due_ms = ?, error_code = ?, error_message = ? WHERE id = ? AND outcome = 'open'`,
  );
  const deferNone = database.prepare(`UPDATE download SET due_ms = 0 WHERE outcome = 'open' AND due_ms > 0`);
  const positions = createPositions({ database, run, runUnsynced });

  return {
    page: ({ after, limit = PAGE_ROWS_DEFAULT, outcomes }) =>
      run(() => {
        const from = takeCursor(after);
        const rows = page.all({ ...from, outcomes: outcomes ? JSON.stringify(outcomes) : null, limit: limit + 1 });
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        const next = rows.length > limit && last ? `${last.position}.${last.number}` : undefined;
        return { rows: shown.map(fromPlaced), ...(next === undefined ? {} : { next }) };
      }),
    ready: (nowMs, limit) => run(() => ready.all(nowMs, limit).map(fromRow)),
    nextDueMs: (nowMs) => run(() => nextDue.get(nowMs) ?? undefined),
    defer: (id, dueMs, error) =>
      void runUnsynced(() => defer.run(dueMs, error?.code ?? null, error?.message ?? null, id)),
    deferNone: () => void runUnsynced(() => deferNone.run()),
    move: (ids, to) => {
      run(() => {
        database.transaction(() => {
          positions.move(ids, to);
        })();
      });
    },
  };
}

function fromPlaced({ position: _position, number: _number, ...row }: Placed): StoredDownload {
  return fromRow(row);
}

function takeCursor(after: string | undefined): { readonly position: number; readonly number: number } {
  if (after === undefined) return { position: Number.MIN_SAFE_INTEGER, number: 0 };
  const [position, number] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(after)?.slice(1).map(Number) ?? [];
  if (position !== undefined && number !== undefined) return { position, number };
  throw new SwapmeetError('bad-argument', 'after: give the “next” of the page before');
}

function createPositions({ database }: QueueDatabase) {
  const ends = database.prepare<[], { least: number | null; greatest: number | null }>(
    'SELECT min(position) AS least, max(position) AS greatest FROM download',
  );
  const placeOf = database.prepare<[string], number>('SELECT position FROM download WHERE id = ?').pluck();
  const before = database
    .prepare<[number, string], number | null>(
      'SELECT max(position) FROM download WHERE position < ? AND id NOT IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  const place = database.prepare<[number, string]>('UPDATE download SET position = ?, due_ms = 0 WHERE id = ?');
  const spread = database.prepare(
    `UPDATE download SET position = place * ${POSITION_STEP}
      FROM (SELECT number AS moved, row_number() OVER (ORDER BY position, number) AS place FROM download)
      WHERE number = moved`,
  );

  function spaced(ids: readonly string[], first: number, step: number): void {
    for (const [index, id] of ids.entries()) place.run(first + index * step, id);
  }

  function putBefore(ids: readonly string[], beforeId: string): void {
    if (ids.length >= POSITION_STEP)
      throw new SwapmeetError('bad-argument', 'so many can only be moved to the front or the back');
    const to = placeOf.get(beforeId);
    if (to === undefined) throw new SwapmeetError('not-found', `there is no download ${beforeId} to move before`);
    const from = before.get(to, JSON.stringify(ids)) ?? to - POSITION_STEP * (ids.length + 1);
    const step = Math.floor((to - from) / (ids.length + 1));
    if (step > 0) spaced(ids, from + step, step);
    else {
      // All that is between two neighbours is used up: now there is room again.
      spread.run();
      putBefore(ids, beforeId);
    }
  }

  return {
    move(ids: readonly string[], to: MoveTarget): void {
      const { least, greatest } = ends.get() ?? { least: null, greatest: null };
      if (to === 'front') spaced(ids, (least ?? 0) - POSITION_STEP * ids.length, POSITION_STEP);
      else if (to === 'back') spaced(ids, (greatest ?? 0) + POSITION_STEP, POSITION_STEP);
      else putBefore(ids, to.beforeId);
    },
  };
}
