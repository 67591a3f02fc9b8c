import type { Rate } from '../../domain/rates/rate.ts';

export type RelayRates = {
  /** Of all relayed connections together. */
  readonly total: Rate;
  /** Of any one, both directions together. */
  readonly each: Rate;
};

export type RelayLimits = {
  readonly rates: RelayRates;
  /** Connections at a time, with those that are about to begin. */
  readonly most: number;
  /** The same that one key takes part in. */
  readonly mostPerKey: number;
  /** The same between the same two: one that asks and does not come keeps nobody from meeting others. */
  readonly mostPerPair: number;
  /** How long the two ends may take to come. */
  readonly meetTimeoutMs: number;
  /** How long a connection may carry nothing. */
  readonly idleTimeoutMs: number;
};

export const RELAY_LIMITS = {
  rates: { total: 20e6, each: 5e6 },
  most: 500,
  mostPerKey: 32,
  mostPerPair: 8,
  meetTimeoutMs: 10_000,
  // More than a peer lets a connection be without a request.
  idleTimeoutMs: 150_000,
} as const satisfies RelayLimits;
