import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ONLINE_WINDOW_MS, REGISTRATION_TTL_MS } from '../../src/domain/presence.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { entry } from './entries.ts';
import { assertFails, bringOnline, browseAll, NOW_MS, register, searchPaths, share, type Subject } from './support.ts';

const NO_FILES = new Uint8Array();
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function registrationTests(subject: Subject): void {
  test('a registration is found by its name and its id', async () => {
    const { catalog } = subject;
    await register(catalog, 'Zoë', [entry('a/b')]);
    const stored = { id: 'id-Zoë', username: 'Zoë', passwordHash: 'hash of Zoë' };
    assert.deepEqual(await catalog.findByUsername('Zoë'), stored);
    assert.deepEqual(await catalog.findById('id-Zoë'), stored);
    assert.equal(await catalog.findByUsername('zoë'), undefined);
    assert.equal(await catalog.findById('id-zoë'), undefined);
    assert.deepEqual(await browseAll(catalog, 'id-Zoë'), ['a/b']);
  });

  test('a name is taken, unless its registration is the one replaced', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a')]);
    await register(catalog, 'bob');
    const again = { id: 'id-2', username: 'ann', passwordHash: 'x', fileList: NO_FILES };
    await assertFails('name-taken', catalog.register(again, NOW_MS));
    await assertFails('name-taken', catalog.register({ ...again, replacesId: 'id-bob' }, NOW_MS));
    await assertFails('name-taken', catalog.register({ ...again, replacesId: 'id-nobody' }, NOW_MS));
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a']);
    assert.notEqual(await catalog.findById('id-bob'), undefined);
  });

  test('no two names look alike', async () => {
    const { catalog } = subject;
    await register(catalog, 'Zoë');
    for (const username of ['zoe', 'ZOË', 'Zoe\u0308']) {
      const alike = { id: 'id-2', username, passwordHash: 'x', fileList: NO_FILES };
      await assertFails('name-taken', catalog.register(alike, NOW_MS), /looks like/);
    }
    const renamed = { id: 'id-3', username: 'zoe', passwordHash: 'x', fileList: NO_FILES, replacesId: 'id-Zoë' };
    await catalog.register(renamed, NOW_MS);
  });

  test('a replaced registration is gone with its entries and its session', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('old'), entry('both')]);
    const fileList = encodeFileList([entry('both'), entry('new')]);
    const renewed = { id: 'id-2', username: 'ann', passwordHash: 'x', fileList, replacesId: 'id-ann' };
    await catalog.register(renewed, NOW_MS);
    assert.equal(await catalog.findById('id-ann'), undefined);
    assert.equal((await catalog.findByUsername('ann'))?.id, 'id-2');
    assert.deepEqual(await browseAll(catalog, 'id-2'), ['both', 'new']);
    assert.equal(await catalog.findSession('id-2'), undefined);
    assert.deepEqual(await searchPaths(catalog, 'both'), []);
    await bringOnline(catalog, 'id-2');
    assert.deepEqual(await searchPaths(catalog, 'old'), []);
    assert.deepEqual(await searchPaths(catalog, 'new'), ['new']);
  });

  test('a replacement that is refused leaves everything as it was', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('old')]);
    const fileList = Buffer.from(`new|1|${'0'.repeat(40)}\nbad line`);
    const renewed = { id: 'id-2', username: 'ann', passwordHash: 'x', fileList, replacesId: 'id-ann' };
    await assertFails('bad-line', catalog.register(renewed, NOW_MS), /line 2 /);
    assert.equal((await catalog.findByUsername('ann'))?.id, 'id-ann');
    assert.equal(await catalog.findById('id-2'), undefined);
    assert.deepEqual(await searchPaths(catalog, 'old'), ['old']);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['old']);
  });

  test('a registration whose predecessor expired meanwhile is a new one', async () => {
    const { catalog } = subject;
    const late = { id: 'id-2', username: 'ann', passwordHash: 'x', fileList: NO_FILES, replacesId: 'id-gone' };
    await catalog.register(late, NOW_MS);
    assert.equal((await catalog.findByUsername('ann'))?.id, 'id-2');
  });

  test('neither expires nor goes offline because the clock was set', async () => {
    const { catalog } = subject;
    const id = await share(catalog, 'ann', [entry('song')]);
    let nowMs = NOW_MS + MINUTE_MS;
    for (const byMs of [40 * DAY_MS, -80 * DAY_MS, 20_000 * DAY_MS]) {
      nowMs += byMs;
      await catalog.clockSet(byMs, nowMs);
      assert.deepEqual(await catalog.expire(nowMs), []);
      assert.equal((await catalog.search('song', {}, nowMs)).rows.length, 1);
      const { rows } = await catalog.listPeers('online', {}, nowMs);
      assert.deepEqual(
        rows.map((row) => row.id),
        [id],
      );
    }
    assert.equal((await catalog.search('song', {}, nowMs + ONLINE_WINDOW_MS - MINUTE_MS)).rows.length, 0);
    assert.deepEqual(await catalog.expire(nowMs + REGISTRATION_TTL_MS - MINUTE_MS), [id]);
  });

  test('stays as it is what happened after the clock was set back, and before that was noticed', async () => {
    const { catalog } = subject;
    const ann = await share(catalog, 'ann', [entry('song')]);
    const nowMs = NOW_MS - 40 * DAY_MS;
    await catalog.touch(ann, nowMs + 1_000);
    await catalog.register({ id: 'id-new', username: 'new', passwordHash: 'x', fileList: NO_FILES }, nowMs + 1_000);
    await catalog.clockSet(-40 * DAY_MS, nowMs + 2_000);
    assert.equal((await catalog.search('song', {}, nowMs + 2_000)).rows.length, 1);
    assert.deepEqual(await catalog.expire(nowMs + 2_000), []);
  });

  test('what lies ahead of a clock that was wrong before happened just now', async () => {
    const { catalog } = subject;
    const id = await register(catalog, 'ann');
    const yearsMs = 20_000 * DAY_MS;
    await catalog.clockSet(yearsMs, NOW_MS);
    assert.deepEqual(await catalog.expire(NOW_MS + REGISTRATION_TTL_MS - 1), []);
    assert.deepEqual(await catalog.expire(NOW_MS + REGISTRATION_TTL_MS), [id]);
  });

  test('a registration expires 30 days after its last login, to the millisecond', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('of ann')]);
    await register(catalog, 'bob', [entry('of bob')]);
    await catalog.beginSession({ id: 'id-bob', resumeTokenHash: '00' }, NOW_MS + 1);
    assert.deepEqual(await catalog.expire(NOW_MS + REGISTRATION_TTL_MS - 1), []);
    assert.deepEqual(await catalog.expire(NOW_MS + REGISTRATION_TTL_MS), ['id-ann']);
    assert.equal(await catalog.findById('id-ann'), undefined);
    assert.deepEqual(await searchPaths(catalog, 'ann'), []);
    await assertFails('unknown-id', catalog.browse('id-ann', undefined, {}));
    assert.deepEqual(await browseAll(catalog, 'id-bob'), ['of bob']);
    await register(catalog, 'ann');
    assert.deepEqual(await browseAll(catalog, 'id-ann'), []);
  });

  test('an id that was never given out is unknown', async () => {
    const { catalog } = subject;
    await assertFails('unknown-id', catalog.replaceEntries('id', NO_FILES));
    await assertFails('unknown-id', catalog.beginSession({ id: 'id', resumeTokenHash: '00' }, NOW_MS));
    await assertFails('unknown-id', catalog.setAddress('id', undefined));
    await assertFails('unknown-id', catalog.touch('id', NOW_MS));
    await assertFails('unknown-id', catalog.endSession('id', { forget: true }));
    await assertFails('unknown-id', catalog.browse('id', 'a', {}));
    assert.equal(await catalog.findSession('id'), undefined);
  });
}
