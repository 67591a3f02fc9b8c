import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseLargeMerge, chooseSmallMerge, type SegmentSize } from './merge-policy.ts';

function segments(...entries: readonly number[]): SegmentSize[] {
  return entries.map((count, at) => ({ key: at + 1, entries: count }));
}

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];

describe('what is merged', () => {
  it('are eight small segments, whatever large ones do', () => {
    assert.deepEqual(chooseSmallMerge(segments(...Array<number>(7).fill(100), 1_000_000)), []);
    assert.deepEqual(chooseSmallMerge(segments(...Array<number>(8).fill(100), 1_000_000)), EIGHT);
  });

  it('are eight of a larger size, without the small ones', () => {
    const large = Array<number>(8).fill(100_000);
    assert.deepEqual(chooseLargeMerge(segments(...large, 10, 10), 800_020, false), EIGHT);
    assert.deepEqual(chooseLargeMerge(segments(...large.slice(1), 10, 10), 700_020, false), []);
  });

  it('is everything where most of it is gone, and all but the largest when there is time', () => {
    const some = segments(500_000, 400_000, 300_000, 10, 20);
    assert.deepEqual(chooseLargeMerge(some, 300_000, false), [1, 2, 3, 4, 5]);
    assert.deepEqual(chooseLargeMerge(some, 1_200_030, false), []);
    assert.deepEqual(chooseLargeMerge(some, 1_200_030, true), [4, 5]);
  });

  it('are at most as many as can be merged at once, the oldest first', () => {
    const many = segments(...Array<number>(500).fill(10));
    assert.deepEqual(
      chooseSmallMerge(many),
      Array.from({ length: 64 }, (_, at) => at + 1),
    );
  });
});
