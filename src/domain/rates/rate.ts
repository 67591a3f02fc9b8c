import { SwapmeetError } from '../errors.ts';
import { parseSizeBytes } from '../query-size.ts';

/** Bytes a second; null for no limit. */
export type Rate = number | null;

/** What can be limited, and the word that a person uses for it: all peers together, or any one of them. */
export const RATE_WORDS = { up: 'up', down: 'down', upEach: 'up-each', downEach: 'down-each' } as const;
export type RateName = keyof typeof RATE_WORDS;
export type Rates = Readonly<Record<RateName, Rate>>;

export const NO_RATES: Rates = { up: null, down: null, upEach: null, downEach: null };

/** Slower would be no transfer any more, and every peer would call it a failure. */
export const RATE_MIN = 10_000;

export const RATE_FORM = '5MB/s, 800kB/s or 2.5MiB/s, at least 10kB/s; none for no limit';

/** A rate as a person writes it: a size, with or without `/s`, or `none`. @throws SwapmeetError `bad-argument` */
export function parseRate(text: string): Rate {
  if (text.toLowerCase() === 'none') return null;
  const rate = parseSizeBytes(text.replace(/\/s$/i, ''));
  if (rate !== undefined && rate >= RATE_MIN) return rate;
  throw new SwapmeetError('bad-argument', `“${text}” is no rate: give one as ${RATE_FORM}`);
}
