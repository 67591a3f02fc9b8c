import { SwapmeetError } from '../domain/errors.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { ServerContext } from './context.ts';

const INTERVAL_MS = 3_600_000;

export type Expiry = { stop(): Promise<void> };

/** Deletes every hour what has outlived its TTL, by a clock that was looked at before. */
export function startExpiry(context: ServerContext, clock: Pick<ClockWatch, 'look'>): Expiry {
  let underWay = Promise.resolve();
  const timer = setInterval(() => {
    underWay = clock
      .look()
      .then(() => expire(context))
      .catch((error: unknown) => {
        context.log.error({ err: error }, 'expired registrations could not be deleted');
      });
  }, INTERVAL_MS).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return underWay;
    },
  };
}

/** A TTL counts from the last login, so even a peer that is online may run out of it. [original specification, Register] */
export async function expire(context: ServerContext): Promise<void> {
  const reason = new SwapmeetError('unknown-id', 'the registration has expired: REGISTER again');
  const ids = await context.catalog.expire(context.now());
  for (const id of ids) {
    context.log.info({ id }, 'expired');
    context.sessions.end(id)?.session.end(reason);
  }
  if (ids.length > 0) await context.standing.call('forget', [ids]);
}
