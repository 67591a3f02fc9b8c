import { SwapmeetError } from '../../domain/errors.ts';
import { NO_RATES, RATE_MIN, RATE_WORDS, type RateName, type Rates } from '../../domain/rates/rate.ts';
import { parseScheduleRule } from '../../domain/rates/schedule.ts';

/** What a person has chosen, kept with the other settings of the peer. */
export type LimitSettings = Rates & {
  /** So many peers are served at the same time. */
  readonly slots: number;
  /** Rules, as `parseScheduleRule` has them. */
  readonly schedule: readonly string[];
};

/** Enough for a fast network with slow peers in it; each may take some MB of memory. */
export const SLOTS_DEFAULT = 8;
export const SLOTS_MAX = 64;
const RULES_MAX = 100;

export const LIMITS_DEFAULT: LimitSettings = { ...NO_RATES, slots: SLOTS_DEFAULT, schedule: [] };

/** @throws SwapmeetError `bad-argument` that names what can't be */
export function checkLimits(settings: LimitSettings): LimitSettings {
  const { slots, schedule } = settings;
  if (!Number.isInteger(slots) || slots < 1 || slots > SLOTS_MAX) {
    throw new SwapmeetError('bad-argument', `there may be 1 to ${SLOTS_MAX} slots`);
  }
  for (const name of Object.keys(RATE_WORDS) as RateName[]) {
    const rate = settings[name];
    if (rate === null || (Number.isSafeInteger(rate) && rate >= RATE_MIN)) continue;
    throw new SwapmeetError('bad-argument', `${RATE_WORDS[name]} must be ${RATE_MIN} bytes a second or more`);
  }
  if (schedule.length > RULES_MAX) {
    throw new SwapmeetError('bad-argument', `a schedule may have ${RULES_MAX} rules`);
  }
  schedule.forEach(parseScheduleRule);
  return settings;
}
