import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { diskOf, keptDisk, labelOf, placeIn, placeOf, rootOf } from './place.ts';

const share = { label: 'S', folder: resolve('shared') };
const decomposed = 'e\u0301';

test('the published name is composed on macOS only, and the name on disk is kept', () => {
  const onMac = placeIn(rootOf(share), decomposed, 'darwin');
  assert.equal(onMac.path, 'S/\u00e9');
  assert.equal(onMac.disk, join(share.folder, decomposed));
  assert.equal(keptDisk(onMac), decomposed);
  assert.equal(diskOf(share, onMac.path, decomposed), onMac.disk);
  assert.equal(placeIn(rootOf(share), decomposed, 'linux').path, `S/${decomposed}`);
});

test('nothing is kept where the path says it all', () => {
  const place = placeIn(placeIn(rootOf(share), 'a'), 'b');
  assert.equal(keptDisk(place), undefined);
  assert.equal(diskOf(share, place.path, null), place.disk);
  assert.equal(labelOf(place.path), 'S');
});

test('a name that can’t be published is refused', () => {
  assert.throws(() => placeIn(rootOf(share), 'a'.repeat(256)), { code: 'bad-path' });
});

test('a place is found by where it is on disk, if it can be shared', () => {
  assert.equal(placeOf(share, join(share.folder, 'a', 'b'))?.path, 'S/a/b');
  assert.equal(placeOf(share, share.folder)?.path, 'S');
  assert.equal(placeOf(share, resolve('elsewhere')), undefined);
  assert.equal(placeOf(share, resolve('.')), undefined);
  assert.equal(placeOf(share, join(share.folder, 'a'.repeat(256))), undefined);
});
