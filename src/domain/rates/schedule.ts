import { SwapmeetError } from '../errors.ts';
import { parseRate, RATE_FORM, RATE_WORDS, type Rate, type RateName, type Rates } from './rate.ts';

/** A time of the week, as the clock on the wall shows it. */
export type WeekTime = {
  /** 0 is Sunday, as Date has it. */
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
};

/** Rates that hold instead of others on some days, between two times. */
export type ScheduleRule = {
  readonly days: ReadonlySet<number>;
  readonly fromMinute: number;
  /** The first minute in which it does not hold any more. Up to `fromMinute` it is one of the next day. */
  readonly toMinute: number;
  readonly rates: Partial<Rates>;
};

export const SCHEDULE_FORM = `[DAYS] [HH:MM-HH:MM] up|down|up-each|down-each RATE …, as “mon-fri 08:00-18:00 up 1MB/s down 2MB/s”`;

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const ALL_DAYS: ReadonlySet<number> = new Set(DAYS.keys());
const DAY_MINUTES = 24 * 60;

/**
 * A rule as a person writes it. Without days it holds on all of them, without times all day long; times that go past
 * midnight belong to the day on which they begin.
 *
 * @throws SwapmeetError `bad-argument` that says which part is not of the form
 */
export function parseScheduleRule(text: string): ScheduleRule {
  const words = text.trim().toLowerCase().split(/\s+/);
  const days = takeDays(words[0]);
  if (days) words.shift();
  const times = takeTimes(words[0]);
  if (times) words.shift();
  if (words.length === 0 || words.length % 2 > 0) throw malformed(text, 'what is limited, and its rate, are missing');
  const rates: Partial<Record<RateName, Rate>> = {};
  for (let at = 0; at < words.length; at += 2) {
    const [word = '', rate = ''] = words.slice(at, at + 2);
    const name = RATE_NAMES.find((known) => RATE_WORDS[known] === word);
    if (name === undefined) throw malformed(text, `“${word}” is no day, time or limit`);
    rates[name] = parseRate(rate);
  }
  return { days: days ?? ALL_DAYS, ...(times ?? { fromMinute: 0, toMinute: DAY_MINUTES }), rates };
}

const RATE_NAMES = Object.keys(RATE_WORDS) as RateName[];

/** `mon-fri`, `sat,sun`, `fri-mon`; undefined where the word is none of this kind. */
function takeDays(word = ''): ReadonlySet<number> | undefined {
  const days = new Set<number>();
  for (const part of word.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, to] = [dayNamed(first), dayNamed(last)];
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    const count = ((to - from + DAYS.length) % DAYS.length) + 1;
    for (let nth = 0; nth < count; nth += 1) days.add((from + nth) % DAYS.length);
  }
  return days;
}

/** The day that a name, or three letters of it and more, stands for; -1 for none. */
function dayNamed(name: string): number {
  return name.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(name));
}

function takeTimes(word = ''): Pick<ScheduleRule, 'fromMinute' | 'toMinute'> | undefined {
  const [, ...digits] = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(word) ?? [];
  if (digits.length === 0) return undefined;
  const [fromHour = 0, from = 0, toHour = 0, to = 0] = digits.map(Number);
  const [fromMinute, toMinute] = [fromHour * 60 + from, toHour * 60 + to];
  const isTime = from < 60 && to < 60 && fromMinute < DAY_MINUTES && toMinute <= DAY_MINUTES;
  if (!isTime || fromMinute === toMinute) throw malformed(word, 'it must be two different times from 00:00 to 24:00');
  return { fromMinute, toMinute };
}

function malformed(text: string, why: string): SwapmeetError {
  return new SwapmeetError('bad-argument', `“${text}”: ${why}. A rule is ${SCHEDULE_FORM}; a rate is ${RATE_FORM}`);
}

/** The rates that hold at a time: of several rules that do, each limit is that of the last one that names it. */
export function ratesAt(rates: Rates, rules: readonly ScheduleRule[], time: WeekTime): Rates {
  return rules.filter((rule) => holds(rule, time)).reduce<Rates>((sum, rule) => ({ ...sum, ...rule.rates }), rates);
}

function holds({ days, fromMinute, toMinute }: ScheduleRule, { day, minute }: WeekTime): boolean {
  if (fromMinute < toMinute) return days.has(day) && fromMinute <= minute && minute < toMinute;
  const dayBefore = (day + DAYS.length - 1) % DAYS.length;
  return (days.has(day) && minute >= fromMinute) || (days.has(dayBefore) && minute < toMinute);
}
