import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_RATES, parseRate } from './rate.ts';
import { parseScheduleRule, ratesAt } from './schedule.ts';

const [SUNDAY, MONDAY, FRIDAY, SATURDAY] = [0, 1, 5, 6];

function at(hour: number, minute = 0): number {
  return hour * 60 + minute;
}

describe('a rate', () => {
  it('is a size, with or without /s, or none', () => {
    assert.deepEqual(['5MB/s', '800kb', '1.5MiB/S', 'None'].map(parseRate), [5e6, 8e5, 1_572_864, null]);
  });

  it('is refused where it is of another form, or would stop everything', () => {
    for (const text of ['', '0', '1kB/s', '5MB/h', 'fast', '-1MB', '5MB/s/s', '1e9']) {
      assert.throws(() => parseRate(text), { code: 'bad-argument' }, text);
    }
  });
});

describe('a schedule', () => {
  it('takes days, times and limits', () => {
    const { days, fromMinute, toMinute, rates } = parseScheduleRule(' Mon-Fri 08:00-18:30 up 1MB/s down-each none ');
    assert.deepEqual([...days], [1, 2, 3, 4, 5]);
    assert.deepEqual([fromMinute, toMinute, rates], [480, 1110, { up: 1e6, downEach: null }]);
    assert.deepEqual([...parseScheduleRule('fri-mon,wednesday up 1MB').days], [5, 6, 0, 1, 3]);
    assert.equal(parseScheduleRule('up-each 1MB').days.size, 7);
  });

  it('refuses what it does not understand', () => {
    const bad = ['', 'mon', 'mon 08:00-18:00', 'mon up', 'mon 8-18 up 1MB', 'mo up 1MB', 'mon-tue-wed up 1MB'];
    const more = ['08:00-08:00 up 1MB', '25:00-08:00 up 1MB', '08:61-09:00 up 1MB', 'up 1MB sideways 2MB', 'up fast'];
    for (const text of [...bad, ...more]) assert.throws(() => parseScheduleRule(text), { code: 'bad-argument' }, text);
  });

  it('holds on its days, from the first minute to the last', () => {
    const rules = [parseScheduleRule('mon-fri 08:00-18:00 up 1MB/s')];
    const up = (day: number, minute: number): number | null => ratesAt(NO_RATES, rules, { day, minute }).up;
    assert.deepEqual([up(MONDAY, at(7, 59)), up(MONDAY, at(8)), up(FRIDAY, at(17, 59))], [null, 1e6, 1e6]);
    assert.deepEqual([up(FRIDAY, at(18)), up(SATURDAY, at(9)), up(SUNDAY, at(9))], [null, null, null]);
  });

  it('goes past midnight into the next day', () => {
    const rules = [parseScheduleRule('sat 22:00-06:00 down none')];
    const rates = { ...NO_RATES, down: 5e5 };
    const down = (day: number, minute: number): number | null => ratesAt(rates, rules, { day, minute }).down;
    assert.deepEqual([down(SATURDAY, at(5)), down(SATURDAY, at(22)), down(SUNDAY, at(5, 59))], [5e5, null, null]);
    assert.deepEqual([down(SUNDAY, at(6)), down(SUNDAY, at(23))], [5e5, 5e5]);
  });

  it('replaces only what it names, the last rule that holds before others', () => {
    const rules = ['up 1MB down 1MB', 'mon 12:00-24:00 up 2MB'].map(parseScheduleRule);
    const noon = ratesAt({ ...NO_RATES, upEach: 5e5 }, rules, { day: MONDAY, minute: at(12) });
    assert.deepEqual(noon, { up: 2e6, down: 1e6, upEach: 5e5, downEach: null });
  });
});
