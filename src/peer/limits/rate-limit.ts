import { createTokenBucket, type TokenBucket } from '../../domain/rates/token-bucket.ts';

/** Bytes a second; undefined holds nothing back. */
export type DirectionRates = {
  /** Of all peers together. */
  readonly total: number | undefined;
  /** Of any one peer. */
  readonly each: number | undefined;
};

/** The limits of one direction, up or down. A peer is known by its username. */
export type RateLimit = {
  setRates(rates: DirectionRates): void;
  /** Is told when other rates hold: who waits may go on earlier. */
  onChange(listener: () => void): void;
  /** Whether anything is limited. */
  isOn(): boolean;
  /** How long until something may be moved for a peer, in ms; 0 when it may be now. Without a peer: for any. */
  waitMs(peer?: string): number;
  spend(peer: string, bytes: number): void;
  /** How many bytes to move at a time, so that it goes smoothly. */
  stepBytes(): number;
};

/** A step takes so long at the rate that is set. */
const STEP_MS = 50;
const STEP_BYTES_MIN = 16 * 1024;
/** So many peers' buckets are kept without looking which are full again. */
const BUCKETS_MAX = 100;

/** @param now ms */
export function createRateLimit(now: () => number): RateLimit {
  const total = createTokenBucket(now);
  const buckets = new Map<string, TokenBucket>();
  const listeners: (() => void)[] = [];
  let rates: DirectionRates = { total: undefined, each: undefined };

  function bucketOf(peer: string): TokenBucket {
    const known = buckets.get(peer);
    if (known) return known;
    const bucket = createTokenBucket(now);
    bucket.setRate(rates.each);
    buckets.set(peer, bucket);
    return bucket;
  }

  function dropFull(): void {
    if (buckets.size <= BUCKETS_MAX) return;
    for (const [peer, bucket] of buckets) if (bucket.waitMs() === 0) buckets.delete(peer);
  }

  return {
    setRates(newRates) {
      if (newRates.total === rates.total && newRates.each === rates.each) return;
      rates = newRates;
      total.setRate(rates.total);
      if (rates.each === undefined) buckets.clear();
      for (const bucket of buckets.values()) bucket.setRate(rates.each);
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
    isOn: () => rates.total !== undefined || rates.each !== undefined,
    waitMs: (peer) =>
      Math.max(total.waitMs(), peer === undefined || rates.each === undefined ? 0 : bucketOf(peer).waitMs()),
    spend(peer, bytes) {
      total.spend(bytes);
      if (rates.each === undefined) return;
      bucketOf(peer).spend(bytes);
      dropFull();
    },
    stepBytes() {
      const lowest = Math.min(rates.total ?? Number.POSITIVE_INFINITY, rates.each ?? Number.POSITIVE_INFINITY);
      return Math.max(STEP_BYTES_MIN, Math.floor((lowest * STEP_MS) / 1000));
    },
  };
}
