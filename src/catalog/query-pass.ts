import { SwapmeetError } from '../domain/errors.ts';
import { threadMs } from './thread-time.ts';

/** What one query may take, as it travels to the thread that answers it. */
export type QueryPass = {
  /** Shared between the threads: not 0 when nobody wants the answer any more. */
  readonly stop: Counter;
  /** How long the thread may work on it, in processor time. */
  readonly withinMs: number;
  /** How long it may where nobody else waits for the thread. */
  readonly alone?: {
    readonly withinMs: number;
    /** Shared between the threads: how many queries are under way in the thread or wait for it, this one included. */
    readonly underWay: Counter;
  };
};

/** A number that threads share. */
export type Counter = Int32Array<SharedArrayBuffer>;

/** What a thread answers where the time that it was given did not do. */
export const COSTLY = 'costly';

/** Looks whether the query is to go on, where its turn has come: called for each candidate, and between two steps. Throws if not. */
export type Checkpoint = () => void;

/** Candidates between two looks at the flag and the clock: some tenths of a millisecond. */
const STRIDE = 256;

class OutOfTime extends Error {}

export function createStopFlag(): Counter {
  return createCounter();
}

export function createCounter(): Counter {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Ends the query that has the flag, on whichever thread it runs. */
export function raiseStopFlag(stop: Counter): void {
  Atomics.store(stop, 0, 1);
}

function createCheckpoint({ stop, withinMs, alone }: QueryPass, nowMs: () => number): Checkpoint {
  const startMs = nowMs();
  const isOver = (ms: number): boolean => {
    if (ms <= withinMs) return false;
    return alone === undefined || ms > alone.withinMs || Atomics.load(alone.underWay, 0) > 1;
  };
  // The flag may have been raised while the query waited for its turn.
  let left = 1;
  return () => {
    left -= 1;
    if (left > 0) return;
    left = STRIDE;
    if (Atomics.load(stop, 0) !== 0) throw new SwapmeetError('cancelled', 'the answer is not wanted any more');
    if (isOver(nowMs() - startMs)) throw new OutOfTime();
  };
}

/**
 * Answers a query on this thread, as long as its pass is good.
 *
 * @param answer calls the checkpoint often
 * @throws SwapmeetError `cancelled`
 */
export function answerWithin<T>(
  pass: QueryPass,
  answer: (check: Checkpoint) => T,
  nowMs: () => number = threadMs,
): T | typeof COSTLY {
  const check = createCheckpoint(pass, nowMs);
  try {
    check();
    return answer(check);
  } catch (error) {
    if (error instanceof OutOfTime) return COSTLY;
    throw error;
  }
}
