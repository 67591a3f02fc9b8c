import { randomBytes } from 'node:crypto';
import { SwapmeetError } from '../../domain/errors.ts';
import { callEvent, type Call } from '../../protocol/codecs/reach.ts';
import { EVENTS } from '../../protocol/messages.ts';
import { createAllowances } from '../allowances.ts';
import type { LoggedIn } from '../session.ts';

/** Asks peers to meet others. [PROTOCOL §6.6] */
export type Calls = {
  /** Counts a call. @throws SwapmeetError `busy` where the caller makes too many, or the called has not read the former ones */
  admit(caller: LoggedIn, called: LoggedIn): void;
  /** Sends it; nobody waits for it to be read. */
  send(called: LoggedIn, call: Call): void;
};

/** Of one peer, whatever its sessions: one that begins costs little. */
const ALLOWANCE = { most: 200, perSecond: 10 } as const;
/** Calls to one peer that are on their way. */
const UNREAD_MAX = 32;

const TOKEN_BYTES = 18;

export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function createCalls(now: () => number): Calls {
  const allowances = createAllowances(ALLOWANCE, now);
  const unread = new WeakMap<LoggedIn, number>();

  function count(called: LoggedIn, step: 1 | -1): void {
    unread.set(called, (unread.get(called) ?? 0) + step);
  }

  return {
    admit(caller, called) {
      if (allowances.left(caller.id) < 1) {
        throw new SwapmeetError('busy', 'too many calls to other peers; try again in a minute');
      }
      if ((unread.get(called) ?? 0) >= UNREAD_MAX) {
        throw new SwapmeetError('busy', 'that peer has more calls than it answers; try again in a minute');
      }
      allowances.use(caller.id);
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
