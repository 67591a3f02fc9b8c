import { ticketIssuedAtMs } from '../../transport/tickets.ts';

/** What time it is at the server: whether a ticket is still good is decided there, whatever this machine's clock says. */
export type ServerClock = {
  /** A ticket has just come from the server. */
  readonly note: (ticket: string | undefined) => void;
  /** Unix ms, to the second; this machine's time before there was a ticket. */
  readonly now: () => number;
};

/**
 * @param now this machine's clock, Unix ms
 * @param steadyNow ms, by a clock that is never set
 */
export function createServerClock(now: () => number, steadyNow: () => number): ServerClock {
  let aheadMs: number | undefined;
  return {
    note: (ticket) => {
      const issuedAtMs = ticket === undefined ? undefined : ticketIssuedAtMs(ticket);
      if (issuedAtMs !== undefined) aheadMs = issuedAtMs - steadyNow();
    },
    now: () => (aheadMs === undefined ? now() : steadyNow() + aheadMs),
  };
}
