import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveSegment } from '../../../../test/support/index-states.ts';
import { DamagedSegment } from '../../segment/checksums.ts';
import { openForWriting } from '../database.ts';
import { createIndexReader } from './index-reader.ts';

test('a segment that was opened beside a damaged one is seen when that is gone', (t) => {
  const database = openForWriting(':memory:');
  t.after(() => database.close());
  const add = database.prepare<[number]>('INSERT INTO segment (key, entries) VALUES (?, 1)');
  const { segment } = liveSegment(1, [
    { peer: 1, list: 1, entries: [{ path: 'a', sizeBytes: 1, sha1: '0'.repeat(40) }] },
  ]);
  const reader = createIndexReader(database, {
    open: (key) => {
      if (key === 3) throw new DamagedSegment(key, 'it is not what was written');
      return { key, segment, memoryBytes: 1, close: () => undefined };
    },
  });
  const keys = (): readonly number[] => reader.whole().segments.map(({ key }) => key);
  add.run(1);
  assert.deepEqual(keys(), [1]);
  add.run(2);
  add.run(3);
  assert.throws(keys, DamagedSegment);
  database.prepare('DELETE FROM segment WHERE key = 3').run();
  assert.deepEqual(keys(), [1, 2]);
});

test('queries look at no segment without a list in effect', (t) => {
  const database = openForWriting(':memory:');
  t.after(() => database.close());
  const addSegment = database.prepare<[number]>('INSERT INTO segment (key, entries) VALUES (?, 1)');
  const setList = database.prepare<[number]>('INSERT OR REPLACE INTO peer_state (peer, list) VALUES (1, ?)');
  const entries = [{ path: 'a', sizeBytes: 1, sha1: '0'.repeat(40) }];
  const reader = createIndexReader(database, {
    open: (key) => ({
      key,
      segment: liveSegment(key, [{ peer: 1, list: key, entries }]).segment,
      memoryBytes: 1,
      close: () => undefined,
    }),
  });
  const keys = (): readonly number[] => reader.state().segments.map(({ key }) => key);
  addSegment.run(1);
  addSegment.run(2);
  assert.deepEqual(keys(), []);
  for (const list of [1, 2]) {
    setList.run(list);
    assert.deepEqual(keys(), [list]);
  }
  assert.deepEqual(
    reader.whole().segments.map(({ key }) => key),
    [1, 2],
  );
});
