import { setTimeout as delay } from 'node:timers/promises';
import type { Rate } from '../../domain/rates/rate.ts';
import { createTokenBucket, type TokenBucket } from '../../domain/rates/token-bucket.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';
import { createToken } from './calls.ts';
import { createMeeting, type Meeting } from './meeting.ts';
import { pipe } from './pipe.ts';
import type { RelayLimits } from './relay-limits.ts';

/** Connections between two peers that go through this server, which sees only what TLS between the two makes of them. [PROTOCOL §6.6] */
export type Relays = {
  /** Expects two keys to come for a connection. Returns the token that names it. @throws SwapmeetError `busy` */
  expect(keys: readonly [string, string]): string;
  /**
   * One end has come. Resolves, when the other has come as well, to what takes the connection of this one.
   *
   * @param signal aborts when the connection ends
   * @throws SwapmeetError `bad-token`; `timeout` where the other does not come
   */
  join(token: string, key: string, signal: AbortSignal): Promise<(channel: Channel) => void>;
  /** How many are open, or about to be. */
  count(): number;
  /** Ends all. */
  readonly close: () => void;
};

/** @param now ms */
export function createRelays(limits: RelayLimits, now: () => number): Relays {
  const total = bucketOf(limits.rates.total, now);
  const meetings = new Map<string, Meeting>();

  /** How many are with all of these keys. */
  function countWith(...wanted: readonly string[]): number {
    let count = 0;
    for (const { keys } of meetings.values()) if (wanted.every((key) => keys.includes(key))) count += 1;
    return count;
  }

  function isFull(keys: readonly [string, string]): boolean {
    if (meetings.size >= limits.most || countWith(...keys) >= limits.mostPerPair) return true;
    return keys.some((key) => countWith(key) >= limits.mostPerKey);
  }

  async function run(token: string, meeting: Meeting): Promise<void> {
    try {
      const [one, other] = await meeting.channels;
      const buckets = [total, bucketOf(limits.rates.each, now)];
      await pipe(one, other, { pace: (bytes) => paceBy(buckets, bytes), idleTimeoutMs: limits.idleTimeoutMs });
    } catch {
      // They did not meet; who came was told.
    } finally {
      meetings.delete(token);
    }
  }

  return {
    expect(keys) {
      if (isFull(keys)) {
        throw new SwapmeetError('busy', 'too many connections go through the server already; try again in a minute');
      }
      const token = createToken();
      const meeting = createMeeting(keys, limits.meetTimeoutMs);
      meetings.set(token, meeting);
      void run(token, meeting);
      return token;
    },
    join: async (token, key, signal) => {
      const meeting = meetings.get(token);
      if (!meeting) throw new SwapmeetError('bad-token', 'no connection is expected under this token (any more)');
      return meeting.join(key, signal);
    },
    count: () => meetings.size,
    close() {
      for (const meeting of meetings.values()) meeting.end();
    },
  };
}

function bucketOf(rate: Rate, now: () => number): TokenBucket {
  const bucket = createTokenBucket(now);
  bucket.setRate(rate ?? undefined);
  return bucket;
}

/** Waits until every bucket lets something through. */
async function paceBy(buckets: readonly TokenBucket[], bytes: number): Promise<void> {
  const waitMs = (): number => Math.max(...buckets.map((bucket) => bucket.waitMs()));
  for (let leftMs = waitMs(); leftMs > 0; leftMs = waitMs()) await delay(Math.ceil(leftMs));
  for (const bucket of buckets) bucket.spend(bytes);
}
