import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { fakeThread } from '../../../test/support/fake-thread.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { IndexerHandlers } from './indexer-thread.ts';
import { startMaintenance } from './maintenance.ts';
import type { WriterHandlers } from './writer-thread.ts';

/** Many small segments: enough that they are to be merged. */
const KEYS = Array.from({ length: 40 }, (_, at) => at + 1);
/** So few that they are left alone. */
const FEW = KEYS.slice(0, 4);

function stage(install: () => void = () => undefined, keys = KEYS) {
  const merged: (readonly number[])[] = [];
  const forgotten: number[] = [];
  const removed: number[] = [];
  let segments = keys.map((key) => ({ key, entries: 1 }));
  let looks = 0;
  const sizes = () => {
    looks += 1;
    return { segments, livingEntries: segments.length };
  };
  const merger = () =>
    fakeThread<IndexerHandlers>({
      sizes,
      mergeLive: (keys: readonly number[], segment: number) => {
        merged.push(keys);
        segments = segments.filter(({ key }) => !keys.includes(key));
        return {
          segment,
          entries: keys.length,
          from: keys.map((key) => ({ segment: key, places: new Uint32Array(1) })),
          resident: undefined,
          change: 0,
        };
      },
    });
  const mergers = { small: merger(), large: merger() };
  const maintenance = startMaintenance({
    writer: fakeThread<WriterHandlers>({ installMerge: install }),
    builder: fakeThread<IndexerHandlers>({ sizes }),
    mergers,
    lastNumber: 100,
    share: () => Promise.resolve(),
    forget: (segment) => {
      forgotten.push(segment);
    },
    remove: (segment) => {
      removed.push(segment);
      return Promise.resolve();
    },
    refresh: () => Promise.resolve(),
  });
  return { maintenance, mergers, merged, forgotten, removed, looks: () => looks };
}

describe('maintenance', () => {
  it('merges what there is when something was published, and removes what was merged at the close', async () => {
    const { maintenance, merged, forgotten, removed } = stage();
    assert.deepEqual([maintenance.nextNumber(), maintenance.nextNumber()], [101, 102]);
    maintenance.published();
    while (merged.flat().length < KEYS.length) await breathe();
    assert.deepEqual(removed, []);
    await maintenance.close();
    assert.deepEqual(
      forgotten.toSorted((a, b) => a - b),
      KEYS,
    );
    assert.deepEqual(
      removed.toSorted((a, b) => a - b),
      KEYS,
    );
  });

  it('starts no thread to merge what is not to be merged', async () => {
    const { maintenance, mergers, merged, looks } = stage(undefined, FEW);
    maintenance.published();
    while (looks() < 2) await breathe();
    await maintenance.close();
    assert.deepEqual(merged, []);
    assert.ok(!mergers.small.isThere() && !mergers.large.isThere());
  });

  it('leaves alone what is held', async () => {
    const { maintenance, merged } = stage();
    const use = Promise.withResolvers<string>();
    const done = maintenance.hold(7, () => use.promise);
    assert.ok(maintenance.isHeld(7));
    maintenance.published();
    while (merged.length === 0) await breathe();
    assert.ok(!merged.flat().includes(7));
    use.resolve('used');
    assert.equal(await done, 'used');
    assert.ok(!maintenance.isHeld(7));
    await maintenance.close();
  });

  it('removes nothing where nobody knows whether the merge took effect', async () => {
    const { maintenance, merged, removed } = stage(() => {
      throw new SwapmeetError('shutting-down', 'closing');
    });
    maintenance.published();
    while (merged.length === 0) await breathe();
    await sleep(1);
    await maintenance.close();
    assert.deepEqual(removed, []);
  });
});
