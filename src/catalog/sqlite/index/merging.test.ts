import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveSegment, stateOf } from '../../../../test/support/index-states.ts';
import { mergeable } from './merging.ts';

test('segments with a part of a list that is being sent are not merged', () => {
  const entries = [{ path: 'a', sizeBytes: 1, sha1: '0'.repeat(40) }];
  const state = stateOf([
    liveSegment(1, [
      { peer: 0, list: 0, entries },
      { peer: 1, list: 7, entries },
    ]),
    liveSegment(2, [{ peer: 2, list: 1, entries }]),
  ]);
  const keysWith = (...beingSent: readonly number[]): number[] =>
    mergeable(state, new Set(beingSent)).map(({ key }) => key);
  assert.deepEqual(keysWith(), [1, 2]);
  assert.deepEqual(keysWith(7, 9), [2]);
});
