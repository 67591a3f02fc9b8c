import { networkOf, scopeOf } from '../catalog/address-scope.ts';

/** How much a network may use at once, and how much of it comes back each second. */
export type Rate = { readonly most: number; readonly perSecond: number };

/** What each network may still use of something: a token bucket for each. */
export type NetworkAllowance = {
  /** What the network of an address has left; a debt is below zero. */
  left(address: string): number;
  use(address: string): void;
};

/** Beyond this many networks the one that was quiet longest is forgotten. */
const NETWORKS_MAX = 10_000;

type Bucket = { left: number; atMs: number };

/** @param rates everybody on the server's machine shares one address, so loopback has a rate of its own */
export function createNetworkAllowance(
  rates: { readonly remote: Rate; readonly loopback: Rate },
  now: () => number,
): NetworkAllowance {
  // A Map keeps the order in which keys were set: the one used longest ago comes first.
  const buckets = new Map<string, Bucket>();

  function bucketOf(address: string): Bucket {
    const { most, perSecond } = scopeOf(address) === 'loopback' ? rates.loopback : rates.remote;
    const network = networkOf(address);
    const bucket = buckets.get(network) ?? { left: most, atMs: now() };
    const elapsedMs = Math.max(0, now() - bucket.atMs);
    bucket.left = Math.min(most, bucket.left + (elapsedMs / 1000) * perSecond);
    bucket.atMs = now();
    buckets.delete(network);
    buckets.set(network, bucket);
    forgetOldest();
    return bucket;
  }

  function forgetOldest(): void {
    const [oldest] = buckets.keys();
    if (buckets.size > NETWORKS_MAX && oldest !== undefined) buckets.delete(oldest);
  }

  return {
    left: (address) => bucketOf(address).left,
    use: (address) => {
      bucketOf(address).left -= 1;
    },
  };
}
