import assert from 'node:assert/strict';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';

const MODULE = new URL('./thread-priority.ts', import.meta.url).href;

it('a thread gives way, and the others of its process don’t', { skip: process.platform !== 'linux' }, async () => {
  const before = getPriority();
  const worker = new Worker(
    `Promise.all([import('${MODULE}'), import('node:os')]).then(([{ giveWay }, { getPriority }]) => {
      giveWay();
      giveWay();
      require('node:worker_threads').parentPort.postMessage(getPriority());
    });`,
    { eval: true },
  );
  const [inWorker] = (await once(worker, 'message')) as [number];
  assert.equal(inWorker, Math.min(19, before + 5));
  assert.equal(getPriority(), before);
});
