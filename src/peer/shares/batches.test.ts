import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBatches } from './batches.ts';

test('what is added together is handled together, each item once', async () => {
  const batches: number[][] = [];
  const add = createBatches<number>((items) => void batches.push([...items]));
  await Promise.all([add(1), add(2)]);
  await add(3);
  assert.deepEqual(batches, [[1, 2], [3]]);
});

test('a failure reaches all whose items were in the batch, and no later ones', async () => {
  let isBroken = true;
  const add = createBatches<number>(() => {
    if (isBroken) throw new Error('broken');
  });
  const results = await Promise.allSettled([add(1), add(2)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  isBroken = false;
  await add(3);
});
