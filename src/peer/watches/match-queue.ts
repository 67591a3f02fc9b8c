import type { Match } from '../../protocol/codecs/watch.ts';
import { createWake } from '../wake.ts';

/** What a watch matched and nobody has been shown yet. */
export type MatchQueue = {
  add(match: Match): void;
  /** How many contents wait. */
  count(): number;
  /** The matches that wait, then those that come. A match that was taken, and after which another was asked for, waits no more. */
  take(signal: AbortSignal, taken: (match: Match) => void): AsyncGenerator<Match, void, undefined>;
};

/** Matches beyond go, the oldest first; the server tells them again in another session. */
const MATCHES_MAX = 100;

export function createMatchQueue(): MatchQueue {
  const waiting: Match[] = [];
  const wake = createWake();
  return {
    add(match) {
      waiting.push(match);
      if (waiting.length > MATCHES_MAX) waiting.shift();
      wake.wake();
    },
    count: () => waiting.reduce((sum, { rows }) => sum + rows.length, 0),
    async *take(signal, taken) {
      while (!signal.aborted) {
        const [first] = waiting;
        if (!first) {
          await wake.wait(undefined, signal).catch(() => undefined);
          continue;
        }
        yield first;
        const at = waiting.indexOf(first);
        if (at !== -1) waiting.splice(at, 1);
        taken(first);
      }
    },
  };
}
