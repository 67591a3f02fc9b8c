import { toSwapmeetError, type SwapmeetError } from '../../domain/errors.ts';
import { createWake } from '../wake.ts';

export type Attempt<T> = {
  /** How long after the one before it has begun this one begins; at once when all that have begun have failed. */
  readonly afterMs: number;
  readonly open: (signal: AbortSignal) => Promise<T>;
};

/** All attempts failed, in their order. */
export type Failures = readonly SwapmeetError[];

/**
 * Begins one attempt after the other, without waiting for the slow ones to fail, and takes the first that succeeds. [RFC 8305]
 * The others are aborted; one that succeeds all the same is discarded.
 *
 * @throws the signal's reason
 */
export async function race<T>(
  attempts: readonly Attempt<T>[],
  discard: (value: T) => void,
  signal: AbortSignal,
): Promise<{ readonly value: T } | { readonly failures: Failures }> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const news = createWake();
  const failures: SwapmeetError[] = [];
  let first: { readonly value: T } | undefined;
  let underWay = 0;

  async function run({ open }: Attempt<T>, place: number): Promise<void> {
    underWay += 1;
    try {
      const value = await open(stop);
      if (first || stop.aborted) discard(value);
      else first = { value };
    } catch (error) {
      failures[place] = toSwapmeetError(error);
    }
    underWay -= 1;
    news.wake();
  }

  /** Waits until somebody has succeeded or all have failed, or the time is over. */
  async function decided(timeoutMs: number): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    for (let leftMs = timeoutMs; !first && underWay > 0 && leftMs > 0; leftMs = endMs - performance.now()) {
      await news.wait(leftMs, signal);
    }
  }

  try {
    for (const [place, attempt] of attempts.entries()) {
      await decided(attempt.afterMs);
      if (first) break;
      void run(attempt, place);
    }
    await decided(Number.POSITIVE_INFINITY);
    return first ?? { failures };
  } catch (error) {
    if (first) discard(first.value);
    throw error;
  } finally {
    over.abort();
  }
}
