import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { createFriends } from './friends.ts';
import { LIMITS_DEFAULT, type LimitSettings } from './limit-settings.ts';
import { openLimits } from './limits.ts';

/** Limits over settings in memory and a clock on the wall that the test sets. */
function setUp(t: TestContext, initial: Partial<LimitSettings> = {}) {
  const disk = { isFull: false };
  const wall = { nowMs: new Date(2026, 10, 23, 7, 59).getTime() };
  let settings: LimitSettings = { ...LIMITS_DEFAULT, ...initial };
  const limits = openLimits({
    settings: () => settings,
    keep: (changed) => {
      if (disk.isFull) return Promise.reject(new SwapmeetError('disk-full', 'no room'));
      settings = changed;
      return Promise.resolve();
    },
    now: () => wall.nowMs,
    steadyNow: () => 0,
  });
  t.after(limits.close);
  return { limits, wall, disk, settings: () => settings };
}

describe('limits', () => {
  it('follow the schedule and the clock on the wall, wherever it is set', (t) => {
    const { limits, wall } = setUp(t, { up: 5e6, schedule: ['mon-fri 08:00-18:00 up 1MB/s'] });
    assert.equal(limits.view().now.up, 5e6);
    // A Monday.
    wall.nowMs = new Date(2026, 10, 23, 8).getTime();
    assert.equal(limits.view().now.up, 1e6);
    assert.equal(limits.up.stepBytes(), 50_000);
    wall.nowMs = new Date(2026, 10, 22, 8).getTime();
    assert.equal(limits.view().now.up, 5e6);
    assert.equal(limits.up.stepBytes(), 250_000);
  });

  it('are looked at by themselves', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { limits, wall } = setUp(t, { schedule: ['08:00-18:00 down 1MB/s'] });
    assert.equal(limits.down.isOn(), false);
    wall.nowMs += 3_600_000;
    t.mock.timers.tick(2_000);
    assert.equal(limits.down.isOn(), true);
    await Promise.resolve();
  });

  it('change at once, and only what is named', async (t) => {
    const { limits, settings } = setUp(t, { up: 5e6 });
    await limits.change({ slots: 3, downEach: 1e6 });
    assert.deepEqual(settings(), { ...LIMITS_DEFAULT, up: 5e6, slots: 3, downEach: 1e6 });
    assert.deepEqual([limits.up.isOn(), limits.down.isOn()], [true, true]);
    await limits.change({ up: null, downEach: null });
    assert.deepEqual([limits.up.isOn(), limits.down.isOn()], [false, false]);
  });

  it('stay as they were where they can’t be kept, or are none', async (t) => {
    const { limits, disk } = setUp(t, { up: 5e6 });
    const before = limits.view();
    for (const bad of [{ up: 5 }, { slots: 0 }, { slots: 1.5 }, { slots: 1e6 }, { schedule: ['never up 1MB/s'] }]) {
      await assert.rejects(limits.change(bad), { code: 'bad-argument' }, JSON.stringify(bad));
    }
    await assert.rejects(limits.change({ schedule: Array.from({ length: 101 }, () => 'up none') }), {
      code: 'bad-argument',
    });
    disk.isFull = true;
    await assert.rejects(limits.change({ up: 1e6 }), { code: 'disk-full' });
    assert.deepEqual(limits.view(), before);
  });
});

describe('friends', () => {
  it('weigh more than others, once each, under names that there can be', async () => {
    let names: string[] = [];
    const friends = createFriends({
      names: () => names,
      keep: (changed) => {
        names = changed;
        return Promise.resolve();
      },
    });
    await friends.set(['bob'], true);
    await friends.set(['alice'], true);
    assert.deepEqual(await friends.set(['bob'], true), ['alice', 'bob']);
    assert.deepEqual([friends.weightOf('bob'), friends.weightOf('eve')], [4, 1]);
    assert.deepEqual(await friends.set(['alice'], false), ['bob']);
    for (const bad of ['a/b', '']) await assert.rejects(friends.set(['ada', bad], true), { code: 'bad-name' });
    assert.deepEqual(friends.list(), ['bob'], 'all of them or none');
  });
});
