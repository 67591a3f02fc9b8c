import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { createDirtyFolders } from './dirty-folders.ts';
import { placeIn, rootOf } from './place.ts';

const root = rootOf({ label: 'S', folder: resolve('shared') });
const folder = placeIn(root, 'a');

describe('dirty folders', { concurrency: true }, () => {
  test('come together, parents first, with all names', async (t) => {
    const dirty = createDirtyFolders();
    dirty.mark(placeIn(folder, 'deep'));
    dirty.mark(folder, 'x');
    dirty.mark(folder);
    dirty.mark(folder, 'y');
    const [first, second, ...others] = await dirty.next(t.signal);
    assert.deepEqual([first?.place.path, [...(first?.renamed ?? [])]], ['S/a', ['x', 'y']]);
    assert.equal(second?.place.path, 'S/a/deep');
    assert.equal(others.length, 0);
  });

  test('below one that is wholly dirty are not told apart', async (t) => {
    const dirty = createDirtyFolders();
    dirty.mark(placeIn(folder, 'deep'));
    dirty.markWhole(folder);
    const all = await dirty.next(t.signal);
    assert.deepEqual(
      all.map(({ place, isWhole }) => [place.path, isWhole]),
      [['S/a', true]],
    );
  });

  test('become the whole share when there are too many', async (t) => {
    const dirty = createDirtyFolders();
    for (let index = 0; index < 1_200; index += 1) dirty.mark(placeIn(root, String(index)));
    const all = await dirty.next(t.signal);
    assert.deepEqual(
      all.map(({ place, isWhole }) => [place.path, isWhole]),
      [['S', true]],
    );
  });
});
