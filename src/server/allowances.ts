/** How much may be used at once, and how much of it comes back each second. */
export type Allowance = { readonly most: number; readonly perSecond: number };

/** What each of many may still use of something: a token bucket for each. */
export type Allowances = {
  /** What is left for a key; a debt is below zero. */
  left(key: string): number;
  use(key: string): void;
};

/** Beyond this many keys the one that was quiet longest is forgotten. */
const KEYS_MAX = 10_000;

type Bucket = { left: number; atMs: number };

/** @param now ms */
export function createAllowances({ most, perSecond }: Allowance, now: () => number): Allowances {
  // A Map keeps the order in which keys were set: the one used longest ago comes first.
  const buckets = new Map<string, Bucket>();

  function bucketOf(key: string): Bucket {
    const bucket = buckets.get(key) ?? { left: most, atMs: now() };
    const elapsedMs = Math.max(0, now() - bucket.atMs);
    bucket.left = Math.min(most, bucket.left + (elapsedMs / 1000) * perSecond);
    bucket.atMs = now();
    buckets.delete(key);
    buckets.set(key, bucket);
    forgetOldest();
    return bucket;
  }

  function forgetOldest(): void {
    const [oldest] = buckets.keys();
    if (buckets.size > KEYS_MAX && oldest !== undefined) buckets.delete(oldest);
  }

  return {
    left: (key) => bucketOf(key).left,
    use: (key) => {
      bucketOf(key).left -= 1;
    },
  };
}
