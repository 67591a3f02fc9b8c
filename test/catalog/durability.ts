import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, sha1Of } from './entries.ts';
import { browseAll, NOW_MS, register, searchPaths, share } from './support.ts';
import type { Store } from './catalog-suite.ts';

export function durabilityTests(createStore: () => Promise<Store>): void {
  test('what was acknowledged is there when the catalog is opened again', async (t) => {
    const store = await createStore();
    t.after(() => store.remove());
    const first = await store.open();
    await share(first, 'ann', [entry('a/song'), entry('b')]);
    await register(first, 'bob');
    await first.close();

    const second = await store.open();
    assert.deepEqual(await browseAll(second, 'id-ann'), ['b', 'a/song']);
    assert.equal((await second.findByUsername('bob'))?.id, 'id-bob');
    assert.equal((await second.findSession('id-ann'))?.resumeTokenHash, sha1Of('id-ann'));
    assert.deepEqual(await searchPaths(second, 'song'), ['a/song']);
    await second.endAllSessions();
    assert.deepEqual(await searchPaths(second, 'song'), []);
    await second.replaceEntries('id-ann', new Uint8Array());
    await second.close();

    const third = await store.open();
    assert.deepEqual(await browseAll(third, 'id-ann'), []);
    assert.deepEqual((await third.listPeers('online', {}, NOW_MS)).rows, []);
    await third.close();
  });

  test('a catalog that closes finishes what it was asked before', async (t) => {
    const store = await createStore();
    t.after(() => store.remove());
    const first = await store.open();
    // Its threads run by then: on a busy machine they start later than a catalog that closes waits.
    await register(first, 'cyd');
    const asked = [register(first, 'ann', [entry('a')]), register(first, 'bob', [entry('b')])];
    await first.close();
    await Promise.all(asked);
    const second = await store.open();
    assert.deepEqual(await browseAll(second, 'id-bob'), ['b']);
    await second.close();
  });
}
