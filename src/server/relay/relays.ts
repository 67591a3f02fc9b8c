import { setTimeout as delay } from 'node:timers/promises';
import { createTokenBucket, type TokenBucket } from '../../domain/rates/token-bucket.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';
import { createToken } from './calls.ts';
import { createMeeting, type Meeting } from './meeting.ts';
import { pipe } from './pipe.ts';

/** Bytes a second. */
export type RelayRates = {
  /** Of all relayed connections together. */
  readonly total: number;
  /** Of any one, both directions together. */
  readonly each: number;
};

export type RelayLimits = {
  readonly rates: RelayRates;
  /** Connections at a time, with those that are about to begin. */
  readonly most: number;
  /** The same that one key takes part in. */
  readonly mostPerKey: number;
  /** How long the two ends may take to come. */
  readonly meetTimeoutMs: number;
  /** How long a connection may carry nothing. */
  readonly idleTimeoutMs: number;
};

export const RELAY_LIMITS: RelayLimits = {
  rates: { total: 20e6, each: 5e6 },
  most: 500,
  mostPerKey: 32,
  meetTimeoutMs: 10_000,
  // More than a peer lets a connection be without a request.
  idleTimeoutMs: 150_000,
};

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
  close(): void;
};

/** @param now ms */
export function createRelays(limits: RelayLimits, now: () => number): Relays {
  const total = bucketOf(limits.rates.total, now);
  const meetings = new Map<string, Meeting>();

  function countWith(key: string): number {
    let count = 0;
    for (const { keys } of meetings.values()) if (keys.includes(key)) count += 1;
    return count;
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
      if (meetings.size >= limits.most || keys.some((key) => countWith(key) >= limits.mostPerKey)) {
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

function bucketOf(bytesPerSecond: number, now: () => number): TokenBucket {
  const bucket = createTokenBucket(now);
  bucket.setRate(bytesPerSecond);
  return bucket;
}

/** Waits until every bucket lets something through. */
async function paceBy(buckets: readonly TokenBucket[], bytes: number): Promise<void> {
  const waitMs = (): number => Math.max(...buckets.map((bucket) => bucket.waitMs()));
  for (let leftMs = waitMs(); leftMs > 0; leftMs = waitMs()) await delay(Math.ceil(leftMs));
  for (const bucket of buckets) bucket.spend(bytes);
}
