import { SwapmeetError } from '../domain/errors.ts';
import { networkOf, scopeOf } from './address-scope.ts';

/** Bounds how often one address may be wrong about a password. */
export type TryLimiter = {
  /**
   * Runs the check of a password and resolves to its result. Only false counts against the address, and only then: many that are
   * right may be checked at once. Guesses that were checked at once leave a debt, so that they gain nothing in the long run.
   *
   * @throws SwapmeetError `busy` while the address has no tries left
   */
  attempt(address: string, check: () => Promise<boolean>): Promise<boolean>;
};

/** Tries at once, and how many come back each second: a person mistypes, a program guesses. */
const REMOTE = { triesMax: 20, perSecond: 0.2 } as const;
/** Everybody on the server's machine shares one address. */
const LOOPBACK = { triesMax: 200, perSecond: 20 } as const;
/** Beyond this many networks the one that was quiet longest is forgotten. */
const NETWORKS_MAX = 10_000;

type Bucket = { left: number; atMs: number };

/** A token bucket for each network that tries. */
export function createTryLimiter(now: () => number): TryLimiter {
  // A Map keeps the order in which keys were set: the one used longest ago comes first.
  const buckets = new Map<string, Bucket>();

  function bucketOf(address: string): Bucket {
    const { triesMax, perSecond } = scopeOf(address) === 'loopback' ? LOOPBACK : REMOTE;
    const network = networkOf(address);
    const bucket = buckets.get(network) ?? { left: triesMax, atMs: now() };
    const elapsedMs = Math.max(0, now() - bucket.atMs);
    bucket.left = Math.min(triesMax, bucket.left + (elapsedMs / 1000) * perSecond);
    bucket.atMs = now();
    buckets.delete(network);
    buckets.set(network, bucket);
    return bucket;
  }

  function forgetOldest(): void {
    const [oldest] = buckets.keys();
    if (buckets.size > NETWORKS_MAX && oldest !== undefined) buckets.delete(oldest);
  }

  return {
    async attempt(address, check) {
      const bucket = bucketOf(address);
      forgetOldest();
      if (bucket.left < 1) {
        throw new SwapmeetError('busy', 'too many wrong passwords from this address; try again in a minute');
      }
      const right = await check();
      if (!right) bucket.left -= 1;
      return right;
    },
  };
}
