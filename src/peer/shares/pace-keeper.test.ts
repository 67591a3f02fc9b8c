import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from './hashing/pace.ts';
import { createPaceKeeper } from './pace-keeper.ts';

test('hashing yields to downloads, and waits when a person wants it', async (t) => {
  const paces: Pace[] = [];
  let isDownloading = true;
  const keeper = createPaceKeeper({
    setPace: (pace) => void paces.push(pace),
    isDownloading: () => isDownloading,
    checkMs: 1,
  });
  t.after(keeper.close);
  const becomes = async (pace: Pace): Promise<void> => {
    while (keeper.pace() !== pace) await sleep(1);
  };
  await becomes('gentle');
  keeper.setPaused(true);
  assert.equal(keeper.pace(), 'paused');
  isDownloading = false;
  await sleep(10);
  keeper.setPaused(false);
  assert.equal(keeper.pace(), 'full');
  isDownloading = true;
  await becomes('gentle');
  assert.deepEqual(paces, ['gentle', 'paused', 'full', 'gentle']);
});
