import type { Rates } from '../../domain/rates/rate.ts';
import { parseScheduleRule, ratesAt, type WeekTime } from '../../domain/rates/schedule.ts';
import type { LimitsView } from '../control.ts';
import { checkLimits, type LimitSettings } from './limit-settings.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

/** The limits of a peer: those in force follow what is chosen, and the clock on the wall. */
export type Limits = {
  readonly up: RateLimit;
  readonly down: RateLimit;
  readonly view: () => LimitsView;
  /** @throws SwapmeetError `bad-argument`; `disk-full`, `disk-error` where it can't be kept: then nothing changes */
  readonly change: (changes: Partial<LimitSettings>) => Promise<LimitsView>;
  readonly close: () => void;
};

export type LimitsOptions = {
  readonly settings: () => LimitSettings;
  /** Resolves when they are on disk, and `settings` gives them. */
  readonly keep: (settings: LimitSettings) => Promise<void>;
  /** The clock on the wall, which may be set, Unix ms. */
  readonly now: () => number;
  /** One that only goes on, ms. */
  readonly steadyNow: () => number;
};

/** A new hour, a clock that was set and the change of summer time are noticed so soon. */
const LOOK_MS = 2_000;

export function openLimits({ settings, keep, now, steadyNow }: LimitsOptions): Limits {
  const up = createRateLimit(steadyNow);
  const down = createRateLimit(steadyNow);

  function ratesNow(): Rates {
    const { up, down, upEach, downEach, schedule } = settings();
    return ratesAt({ up, down, upEach, downEach }, schedule.map(parseScheduleRule), weekTimeOf(new Date(now())));
  }

  function apply(): LimitsView {
    const rates = ratesNow();
    up.setRates({ total: rates.up ?? undefined, each: rates.upEach ?? undefined });
    down.setRates({ total: rates.down ?? undefined, each: rates.downEach ?? undefined });
    return { ...settings(), now: rates };
  }

  apply();
  const timer = setInterval(apply, LOOK_MS).unref();
  return {
    up,
    down,
    view: apply,
    async change(changes) {
      await keep(checkLimits({ ...settings(), ...changes }));
      return apply();
    },
    close() {
      clearInterval(timer);
    },
  };
}

/** As the clocks of this machine's time zone show it. */
function weekTimeOf(date: Date): WeekTime {
  return { day: date.getDay(), minute: date.getHours() * 60 + date.getMinutes() };
}
