import type { Availability } from './availability.ts';
import type { Claims } from './claims.ts';
import { missingBytes, SOONER, type Forecast } from './late-claims.ts';

/** So many pieces for each of those who download the same, that nobody is asked for yet, are the rest. */
const REST_PIECES_A_SOURCE = 4;

export type RestOptions = {
  readonly claims: Claims;
  readonly availability: Availability;
  readonly source: number;
  readonly lengthMax: number;
  readonly forecast: Forecast;
  /** What this source says of itself: all that it is asked for already, and `lengthMax` more. */
  readonly ownMs: number;
};

/**
 * Whether a source that has everything is left to those who fetch from it what nobody else has: near the end, as long as somebody who
 * downloads the same sends, and is about as quick. News of who is asked for what takes some time, so that all would ask it for the same
 * last pieces, and wait for them behind each other's copies.
 */
export function isRestLeft({ claims, availability, source, lengthMax, forecast, ownMs }: RestOptions): boolean {
  if (!availability.isWhole(source)) return false;
  if (claims.missingCount() > REST_PIECES_A_SOURCE * availability.partialCount()) return false;
  return [...claims.sources()].some((other) => {
    if (availability.isWhole(other)) return false;
    let bytes = 0;
    for (const claim of claims.of(other)) bytes += missingBytes(claims, claim);
    return bytes > 0 && forecast(other, bytes + lengthMax) <= ownMs * SOONER;
  });
}
