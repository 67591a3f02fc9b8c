import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseLargeMerge, chooseSmallMerge, type SegmentSize } from './merge-policy.ts';

function segments(...entries: readonly number[]): SegmentSize[] {
  return entries.map((count, at) => ({ key: at + 1, entries: count }));
}

const TWELVE = Array.from({ length: 12 }, (_, at) => at + 1);

describe('what is merged', () => {
  it('are twelve small segments, whatever large ones do', () => {
    assert.deepEqual(chooseSmallMerge(segments(...Array<number>(11).fill(100), 1_000_000)), []);
    assert.deepEqual(chooseSmallMerge(segments(...Array<number>(12).fill(100), 1_000_000)), TWELVE);
  });

  it('are twelve of a larger size, without the small ones', () => {
    const large = Array<number>(12).fill(100_000);
    assert.deepEqual(chooseLargeMerge(segments(...large, 10, 10), 1_200_020, false), TWELVE);
    assert.deepEqual(chooseLargeMerge(segments(...large.slice(1), 10, 10), 1_100_020, false), []);
  });

  it('is everything where most of it is gone, and all but the largest when there is time', () => {
    const some = segments(500_000, 400_000, 300_000, 10, 20);
    assert.deepEqual(chooseLargeMerge(some, 300_000, false), [1, 2, 3, 4, 5]);
    assert.deepEqual(chooseLargeMerge(some, 1_200_030, false), []);
    assert.deepEqual(chooseLargeMerge(some, 1_200_030, true), [4, 5]);
  });

  it('never becomes larger than what memory should have to hold', () => {
    const million = Array<number>(12).fill(900_000);
    assert.deepEqual(chooseLargeMerge(segments(...million), 10_800_000, true), [1, 2]);
    assert.deepEqual(chooseLargeMerge(segments(...million, 10), 1_000_000, false), [1, 2]);
    assert.deepEqual(chooseLargeMerge(segments(...Array<number>(20).fill(1_500_000)), 30_000_000, true), []);
    assert.deepEqual(chooseLargeMerge(segments(5_000_000), 1_000_000, false), [1]);
  });

  it('are at most as many as can be merged at once, the oldest first', () => {
    const many = segments(...Array<number>(500).fill(10));
    assert.deepEqual(
      chooseSmallMerge(many),
      Array.from({ length: 64 }, (_, at) => at + 1),
    );
  });
});
