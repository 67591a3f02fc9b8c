import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeChanges } from '../../src/protocol/codecs/list-changes.ts';
import type { Store } from './catalog-suite.ts';
import { entry } from './entries.ts';
import { stage, totalsOf } from './publishing-support.ts';
import { browseAll, register } from './support.ts';

const LARGE_PART_FILES = 2_000;

/** @param createStore makes a catalog that can be closed and opened again */
export function publishingDurabilityTests(createStore: () => Promise<Store>): void {
  test('parts outlive the catalog that took them, and so do revisions', async (t) => {
    const store = await createStore();
    t.after(() => store.remove());
    const first = await store.open();
    await register(first, 'ann', [entry('old')]);
    await stage(first, 't', 1, [entry('a')]);
    await stage(first, 't', 2, [entry('b')]);
    const before = await first.listState('id-ann');
    await first.close();

    const second = await store.open();
    assert.deepEqual(await second.listState('id-ann'), before);
    assert.deepEqual(before.upload, { token: 't', parts: 2 });
    assert.deepEqual(await browseAll(second, 'id-ann'), ['old']);
    await stage(second, 't', 3, [entry('c')]);
    const committed = await second.commitList('id-ann', 't', 3);
    const changed = await second.applyDelta('id-ann', committed, encodeChanges([{ remove: 'a' }, { add: entry('d') }]));
    await second.close();

    const third = await store.open();
    assert.deepEqual(await third.listState('id-ann'), { revision: changed, upload: undefined });
    assert.deepEqual(await browseAll(third, 'id-ann'), ['b', 'c', 'd']);
    assert.deepEqual(await totalsOf(third), [3, 3_000]);
    await third.close();
  });

  test('a commit that is cut short is made or not made', async (t) => {
    const store = await createStore();
    t.after(() => store.remove());
    const first = await store.open();
    await register(first, 'ann', [entry('old')]);
    for (const part of [1, 2, 3, 4, 5]) {
      const files = Array.from({ length: LARGE_PART_FILES }, (_, at) => entry(`share/${part}/${at}.flac`));
      await stage(first, 't', part, files);
    }
    const { revision } = await first.listState('id-ann');
    const committing = first.commitList('id-ann', 't', 5).then(
      () => true,
      () => false,
    );
    await first.close();
    const acknowledged = await committing;

    const second = await store.open();
    const state = await second.listState('id-ann');
    const isMade = state.upload === undefined;
    assert.ok(isMade || !acknowledged);
    assert.equal(state.revision !== revision, isMade);
    if (!isMade) await second.commitList('id-ann', 't', 5);
    assert.deepEqual(await totalsOf(second), [5 * LARGE_PART_FILES, 5 * LARGE_PART_FILES * 1_000]);
    await second.close();
  });
}
