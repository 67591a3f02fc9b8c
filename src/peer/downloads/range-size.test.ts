import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nextRangeBytes, RANGE_BYTES_MIN } from './range-size.ts';

it('a range grows while it is fast and shrinks when it is slow, in whole blocks and within bounds', () => {
  const follow = (elapsedMs: number, start: number): number[] => {
    const sizes = [start];
    for (let step = 0; step < 20; step += 1) sizes.push(nextRangeBytes(sizes.at(-1) ?? 0, elapsedMs));
    return sizes;
  };
  const growing = follow(10, RANGE_BYTES_MIN);
  const most = growing.at(-1) ?? 0;
  const shrinking = follow(10_000, most);
  assert.ok(most > RANGE_BYTES_MIN && growing.at(-2) === most);
  assert.equal(shrinking.at(-1), RANGE_BYTES_MIN);
  assert.ok([...growing, ...shrinking].every((size) => size % 16_384 === 0));
  assert.equal(nextRangeBytes(most, 1000), most);
});
