import { randomBytes } from 'node:crypto';
import { SwapmeetError } from '../../domain/errors.ts';
import { callEvent, type Call } from '../../protocol/codecs/reach.ts';
import { EVENTS } from '../../protocol/messages.ts';
import type { LoggedIn } from '../session.ts';

/** Asks peers to meet others. [PROTOCOL §6.6] */
export type Calls = {
  /** Counts a call. @throws SwapmeetError `busy` where the caller makes too many, or the called has not read the former ones */
  admit(caller: LoggedIn, called: LoggedIn): void;
  /** Sends it; nobody waits for it to be read. */
  send(called: LoggedIn, call: Call): void;
};

/** What one peer may ask for at once, and how much of it comes back each second. */
const CALLS_MAX = 200;
const CALLS_PER_SECOND = 10;
/** Calls to one peer that are on their way. */
const UNREAD_MAX = 32;

const TOKEN_BYTES = 18;

export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function createCalls(now: () => number): Calls {
  const left = new WeakMap<LoggedIn, { calls: number; atMs: number }>();
  const unread = new WeakMap<LoggedIn, number>();

  function allowanceOf(peer: LoggedIn): { calls: number; atMs: number } {
    const known = left.get(peer) ?? { calls: CALLS_MAX, atMs: now() };
    const elapsedS = Math.max(0, now() - known.atMs) / 1000;
    const filled = { calls: Math.min(CALLS_MAX, known.calls + elapsedS * CALLS_PER_SECOND), atMs: now() };
    left.set(peer, filled);
    return filled;
  }

  function count(called: LoggedIn, step: 1 | -1): void {
    unread.set(called, (unread.get(called) ?? 0) + step);
  }

  return {
    admit(caller, called) {
      const allowance = allowanceOf(caller);
      if (allowance.calls < 1) throw new SwapmeetError('busy', 'too many calls to other peers; try again in a minute');
      if ((unread.get(called) ?? 0) >= UNREAD_MAX) {
        throw new SwapmeetError('busy', 'that peer has more calls than it answers; try again in a minute');
      }
      allowance.calls -= 1;
    },
    send(called, call) {
      count(called, 1);
      const settled = (): void => {
        count(called, -1);
      };
      called.session.push(EVENTS.CALL.code, callEvent.encode(call)).then(settled, settled);
    },
  };
}
