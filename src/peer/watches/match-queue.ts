import type { SwapmeetError } from '../../domain/errors.ts';
import type { MatchedRow } from '../control.ts';
import type { Match } from '../../protocol/codecs/watch.ts';
import { createWake } from '../wake.ts';
import type { ByteBudget } from './byte-budget.ts';

/** What became of a match: it waits now, waits already, was acted on before, or was not taken, and stays with the server. */
export type Added = 'kept' | 'known' | 'acted' | 'refused';

/** What a watch matched and nobody has acted on yet, without a gap: after what was refused, nothing is taken but that. */
export type MatchQueue = {
  add(match: Match): Added;
  /** How many contents wait. */
  count(): number;
  first(): Match | undefined;
  /** The first was acted on. */
  shift(): void;
  /** The contents that wait, then those that come. Ends when the signal aborts. @throws SwapmeetError what `close` was given */
  rows(signal: AbortSignal): AsyncGenerator<MatchedRow, void, undefined>;
  /** The rows up to a position were shown. Returns the last match that is done with, if there is one. */
  shown(position: number): Match | undefined;
  /** Whether something was refused since the last call. */
  takeShort(): boolean;
  isEmpty(): boolean;
  /** The server begins to count anew. */
  beginAnew(): void;
  close(reason: SwapmeetError): void;
};

type Waiting = { readonly match: Match; readonly from: number; readonly sizeBytes: number; readonly counting: number };

const ROW_BYTES = 400;

/** @param isUrgent whether its matches are acted on by themselves */
export function createMatchQueue(budget: ByteBudget, isUrgent: () => boolean): MatchQueue {
  const waiting: Waiting[] = [];
  const wake = createWake();
  let heard = 0;
  let acted = 0;
  /** How often the server has begun to count. */
  let counting = 0;
  let lastPosition = 0;
  let shownUpTo = 0;
  let readers = 0;
  let isShort = false;
  let closed: SwapmeetError | undefined;

  function shift(): void {
    const first = waiting.shift();
    if (!first) return;
    if (first.counting === counting) acted = first.match.mark;
    budget.give(first.sizeBytes);
  }

  function nextAfter(position: number): MatchedRow | undefined {
    const found = waiting.find(({ match, from }) => from + match.rows.length > position + 1);
    if (!found) return undefined;
    const at = Math.max(0, position + 1 - found.from);
    const row = found.match.rows[at];
    return row && { ...row, position: found.from + at };
  }

  return {
    add(match) {
      if (closed || match.mark <= acted) return 'acted';
      if (match.mark <= heard) return 'known';
      const sizeBytes = bytesOf(match);
      const urgent = isUrgent() || (readers > 0 && waiting.length === 0);
      if ((match.after ?? 0) > heard || !budget.take(sizeBytes, urgent)) {
        isShort = true;
        return 'refused';
      }
      heard = match.mark;
      waiting.push({ match, from: lastPosition + 1, sizeBytes, counting });
      lastPosition += match.rows.length;
      wake.wake();
      return 'kept';
    },
    count: () =>
      waiting.reduce(
        (sum, { match, from }) =>
          sum + match.rows.length - Math.min(match.rows.length, Math.max(0, shownUpTo + 1 - from)),
        0,
      ),
    first: () => waiting[0]?.match,
    shift,
    async *rows(signal) {
      let position = shownUpTo;
      readers += 1;
      try {
        while (!signal.aborted) {
          if (closed) throw closed;
          const row = nextAfter(position);
          if (row) {
            yield row;
            position = row.position;
          } else await wake.wait(undefined, signal).catch(() => undefined);
        }
      } finally {
        readers -= 1;
      }
    },
    shown(position) {
      shownUpTo = Math.max(shownUpTo, Math.min(position, lastPosition));
      let done: Match | undefined;
      for (let [first] = waiting; first && first.from + first.match.rows.length - 1 <= shownUpTo; [first] = waiting) {
        done = first.match;
        shift();
      }
      return done;
    },
    takeShort() {
      const was = isShort;
      isShort = false;
      return was;
    },
    isEmpty: () => waiting.length === 0,
    beginAnew() {
      counting += 1;
      heard = 0;
      acted = 0;
    },
    close(reason) {
      closed = reason;
      while (waiting.length > 0) shift();
      wake.wake();
    },
  };
}

/** About what a match takes in memory. */
export function bytesOf({ rows }: Match): number {
  return rows.reduce(
    (sum, { path, holders }) =>
      sum + ROW_BYTES + 2 * (path.length + holders.reduce((all, one) => all + one.path.length, 0)),
    0,
  );
}
