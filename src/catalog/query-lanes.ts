import { SwapmeetError } from '../domain/errors.ts';
import { COSTLY, createCounter, createStopFlag, raiseStopFlag, type QueryPass } from './query-pass.ts';

/** What the first lane gives each query: most need a tenth of it. What takes longer has been worked on in vain so long. */
export const QUICK_MS = 20;

/** How long a query may stay there as long as no other comes. One that comes then waits for no more than the next look at the clock. */
const ALONE_MS = 200;

/** How long whoever asks waits at most, all waiting for a thread included. [PROTOCOL §5] */
export const QUERY_DEADLINE_MS = 5_000;

export type QueryLanes<Lane> = {
  /**
   * Runs a query in the quick lane and, where it turns out to be costly and others wait, anew in the slow one.
   *
   * @param ask has a lane answer it by `answerWithin` of the pass
   * @throws SwapmeetError `cancelled` at once when the signal aborts, `timeout` after the deadline, or what `ask` throws
   */
  run<T extends object>(
    ask: (lane: Lane, pass: QueryPass) => Promise<T | typeof COSTLY>,
    signal?: AbortSignal,
  ): Promise<T>;
};

/**
 * Keeps costly queries out of the way of the others: whoever asks something cheap waits for no more than a few times `QUICK_MS`.
 * That every connection has one query under way at a time makes either lane fair.
 */
export function createQueryLanes<Lane>(
  { quick, slow }: { readonly quick: Lane; readonly slow: Lane },
  deadlineMs = QUERY_DEADLINE_MS,
): QueryLanes<Lane> {
  const underWay = createCounter();
  const alone = { underWay, withinMs: ALONE_MS };

  return {
    async run(ask, signal) {
      const end = endOf(signal, deadlineMs);
      const { stop } = end;
      const inLanes = async () => {
        Atomics.add(underWay, 0, 1);
        const answer = await ask(quick, { stop, withinMs: QUICK_MS, alone }).finally(() => {
          Atomics.sub(underWay, 0, 1);
        });
        return answer === COSTLY ? ask(slow, { stop, withinMs: Number.POSITIVE_INFINITY }) : answer;
      };
      try {
        const answer = await Promise.race([inLanes(), end.reached]);
        // The slow lane has all the time there is; only the flag ends its work.
        if (answer === COSTLY) throw tooLong(deadlineMs);
        return answer;
      } finally {
        end.release();
      }
    },
  };
}

function tooLong(deadlineMs: number): SwapmeetError {
  return new SwapmeetError(
    'timeout',
    `the answer takes longer than ${deadlineMs / 1000} s: ask for less, by a word, a filter or a folder more`,
  );
}

/** The end that comes to a query from outside: its flag goes up, and `reached` rejects. */
function endOf(signal: AbortSignal | undefined, deadlineMs: number) {
  const stop = createStopFlag();
  const { promise: reached, reject } = Promise.withResolvers<never>();
  // Where the answer is there first, nobody listens.
  reached.catch(() => undefined);
  const finish = (error: SwapmeetError): void => {
    raiseStopFlag(stop);
    reject(error);
  };
  const onAbort = (): void => {
    finish(new SwapmeetError('cancelled', 'the answer is not wanted any more', { cause: signal?.reason }));
  };
  const timer = setTimeout(() => {
    finish(tooLong(deadlineMs));
  }, deadlineMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return {
    stop,
    reached,
    release: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
