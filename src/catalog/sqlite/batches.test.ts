import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBatches } from './batches.ts';

describe('batches', () => {
  it('put together what comes at a time, up to a weight', async () => {
    const batches: (readonly number[])[] = [];
    const run = createBatches(
      async (things: readonly number[]) => {
        batches.push(things);
        return Promise.resolve(things.map((thing) => thing * 10));
      },
      (thing) => thing,
      5,
    );
    assert.deepEqual(await Promise.all([1, 2, 3, 9, 1, 1].map(run)), [10, 20, 30, 90, 10, 10]);
    assert.deepEqual(batches, [[1, 2, 3], [9], [1, 1]]);
    assert.equal(await run(4), 40);
  });

  it('fail as a whole, and the next go on', async () => {
    let isBroken = true;
    const run = createBatches(
      (things: readonly string[]) => (isBroken ? Promise.reject(new RangeError('broken')) : Promise.resolve(things)),
      () => 1,
      10,
    );
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(run));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
    isBroken = false;
    assert.equal(await run('d'), 'd');
  });

  it('leave nothing waiting where results are missing', async () => {
    const run = createBatches(
      () => Promise.resolve<string[]>([]),
      () => 1,
      10,
    );
    await assert.rejects(run('a'), RangeError);
  });
});
