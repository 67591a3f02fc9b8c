import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { ONLINE_WINDOW_MS } from '../../src/domain/presence.ts';
import type { PresenceFilter } from '../../src/protocol/codecs/listing.ts';
import { entry, sha1Of } from './entries.ts';
import { bringOnline, NOW_MS, register, share, type Subject } from './support.ts';

async function peersThat(catalog: Catalog, filter: PresenceFilter, nowMs = NOW_MS): Promise<string[]> {
  const { rows } = await catalog.listPeers(filter, {}, nowMs);
  return rows.map(({ username }) => username);
}

async function found(catalog: Catalog, nowMs = NOW_MS): Promise<number> {
  const query = 'song';
  const hits = await catalog.search(query, {}, nowMs);
  const contents = await catalog.find(query, {}, nowMs);
  const sources = await catalog.sources(sha1Of('song'), undefined, nowMs);
  assert.equal(contents.rows.length, hits.rows.length);
  assert.equal(sources.length, hits.rows.length);
  return hits.rows.length;
}

export function sessionTests(subject: Subject): void {
  test('a peer is online from its login, and found once it has an address', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('song')]);
    assert.deepEqual(await peersThat(catalog, 'offline'), ['ann']);
    await catalog.beginSession({ id: 'id-ann', resumeTokenHash: '00' }, NOW_MS);
    assert.deepEqual(await peersThat(catalog, 'online'), ['ann']);
    assert.equal(await found(catalog), 0);
    await catalog.setAddress('id-ann', { address: '2001:db8::1', port: 1 });
    assert.equal(await found(catalog), 1);
    await catalog.setAddress('id-ann', undefined);
    assert.equal(await found(catalog), 0);
    assert.deepEqual(await peersThat(catalog, 'online'), ['ann']);
  });

  test('a peer without an address, but with a key, counts where any way to reach it does', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('song')]);
    await register(catalog, 'bob', [entry('song')]);
    const key = 'a'.repeat(64);
    await catalog.beginSession({ id: 'id-ann', resumeTokenHash: '00', key }, NOW_MS);
    await catalog.beginSession({ id: 'id-bob', resumeTokenHash: '00' }, NOW_MS);
    assert.equal(await found(catalog), 0);
    const { rows } = await catalog.find('song', { reach: 'any' }, NOW_MS);
    assert.deepEqual(
      rows.map(({ sourceCount, holders }) => [sourceCount, holders.map(({ username }) => username)]),
      [[1, ['ann']]],
    );
    const [ann, ...others] = await catalog.sources(sha1Of('song'), undefined, NOW_MS, 'any');
    assert.deepEqual([ann?.id, ann?.key, ann?.address, others.length], ['id-ann', key, undefined, 0]);
    await catalog.endSession('id-ann', { forget: false });
    assert.equal((await catalog.find('song', { reach: 'any' }, NOW_MS)).rows.length, 0);
  });

  test('a peer that was silent for five minutes is offline, until it is heard of again', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song')]);
    const last = NOW_MS + ONLINE_WINDOW_MS - 1;
    assert.deepEqual(await peersThat(catalog, 'online', last), ['ann']);
    assert.equal(await found(catalog, last), 1);
    assert.deepEqual(await peersThat(catalog, 'online', last + 1), []);
    assert.deepEqual(await peersThat(catalog, 'offline', last + 1), ['ann']);
    assert.equal(await found(catalog, last + 1), 0);
    await catalog.touch('id-ann', last + 1);
    assert.equal(await found(catalog, last + 1), 1);
  });

  test('a lost connection keeps the resume token, a LOGOUT does not', async () => {
    const { catalog } = subject;
    const session = { id: 'id-ann', resumeTokenHash: 'ab'.repeat(32), key: 'cd'.repeat(32) };
    await register(catalog, 'ann', [entry('song')]);
    await bringOnline(catalog, 'id-ann');
    await catalog.beginSession(session, NOW_MS);
    await catalog.endSession('id-ann', { forget: false });
    assert.deepEqual(await catalog.findSession('id-ann'), session);
    assert.deepEqual(await peersThat(catalog, 'online'), []);
    await catalog.endSession('id-ann', { forget: true });
    assert.equal(await catalog.findSession('id-ann'), undefined);
    await catalog.touch('id-ann', NOW_MS);
    assert.deepEqual(await peersThat(catalog, 'online'), []);
  });

  test('a session that ended is not revived by being heard of, or by an address that comes late', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song')]);
    await catalog.endSession('id-ann', { forget: false });
    await catalog.touch('id-ann', NOW_MS);
    await catalog.setAddress('id-ann', { address: '192.0.2.7', port: 1 });
    assert.deepEqual(await peersThat(catalog, 'online'), []);
    assert.equal(await found(catalog), 0);
  });

  test('a new session takes the place of the one before, and has no address yet', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song')]);
    await catalog.beginSession({ id: 'id-ann', resumeTokenHash: 'ff' }, NOW_MS);
    assert.deepEqual(await catalog.findSession('id-ann'), { id: 'id-ann', resumeTokenHash: 'ff', key: undefined });
    assert.equal(await found(catalog), 0);
  });

  test('all sessions end at once, their resume tokens kept', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('song')]);
    await share(catalog, 'bob', [entry('song')]);
    await catalog.endAllSessions();
    assert.deepEqual(await peersThat(catalog, 'online'), []);
    assert.deepEqual(await peersThat(catalog, 'offline'), ['ann', 'bob']);
    assert.equal((await catalog.findSession('id-bob'))?.resumeTokenHash, sha1Of('id-bob'));
  });
}
