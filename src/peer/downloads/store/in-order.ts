import type { QueueDatabase } from './queue-database.ts';
import { OUTCOMES, type OutcomeKind } from './rows.ts';

/** The end of the queue that is looked at first. */
export type QueueEnd = 'front' | 'back';

/** Where a download is in the queue: equal positions are told apart by the number. */
export type Place = { readonly position: number; readonly number: number };

export type InOrder<Columns> = (request: {
  /** All when absent. */
  readonly outcomes?: readonly OutcomeKind[] | undefined;
  readonly from: QueueEnd;
  /** The last place that was looked at. */
  readonly after: Place | undefined;
  readonly limit: number;
}) => readonly (Columns & Place)[];

const ENDS = {
  front: { isAfter: '>', order: 'ASC', outside: { position: Number.MIN_SAFE_INTEGER, number: 0 } },
  back: { isAfter: '<', order: 'DESC', outside: { position: Number.MAX_SAFE_INTEGER, number: 0 } },
} as const;

/** Looks through the queue from one of its ends. What has other outcomes is not looked at: each has an index of its own order. */
export function createInOrder<Columns>(
  { database }: Pick<QueueDatabase, 'database'>,
  columns: string,
): InOrder<Columns> {
  const prepare = (outcomes: readonly OutcomeKind[], from: QueueEnd) =>
    database.prepare<[Place & { limit: number }], Columns & Place>(selectText(columns, outcomes, from));
  const statements = new Map<string, ReturnType<typeof prepare>>();
  return ({ outcomes = OUTCOMES, from, after = ENDS[from].outside, limit }) => {
    if (outcomes.length === 0) return [];
    const key = `${from} ${outcomes.join(' ')}`;
    const statement = statements.get(key) ?? prepare(outcomes, from);
    statements.set(key, statement);
    return statement.all({ position: after.position, number: after.number, limit });
  };
}

function selectText(columns: string, outcomes: readonly OutcomeKind[], from: QueueEnd): string {
  const { isAfter, order } = ENDS[from];
  // Left to itself, SQLite looks at all where it is given several outcomes at once.
  const each = outcomes.map(
    (outcome) => `SELECT ${columns}, position, number FROM download
      WHERE outcome = '${outcome}' AND (position, number) ${isAfter} (@position, @number)`,
  );
  return `${each.join(' UNION ALL ')} ORDER BY position ${order}, number ${order} LIMIT @limit`;
}
