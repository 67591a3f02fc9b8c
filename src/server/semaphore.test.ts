import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSemaphore } from './semaphore.ts';

describe('semaphore', () => {
  it('runs no more tasks at a time than it has slots, in their order', async () => {
    const semaphore = createSemaphore(2, 10);
    const order: number[] = [];
    let running = 0;
    let runningMax = 0;
    await Promise.all(
      [0, 1, 2, 3, 4].map((number) =>
        semaphore.run(async () => {
          order.push(number);
          running += 1;
          runningMax = Math.max(runningMax, running);
          await new Promise(setImmediate);
          running -= 1;
        }),
      ),
    );
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
    assert.equal(runningMax, 2);
  });

  it('refuses as busy whoever would wait beyond the bound', async () => {
    const semaphore = createSemaphore(1, 1);
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = semaphore.run(() => promise);
    const second = semaphore.run(() => Promise.resolve('second'));
    await assert.rejects(
      semaphore.run(() => Promise.resolve('third')),
      { code: 'busy' },
    );
    resolve('first');
    assert.deepEqual(await Promise.all([first, second]), ['first', 'second']);
  });

  it('frees the slot of a task that failed', async () => {
    const semaphore = createSemaphore(1, 0);
    await assert.rejects(
      semaphore.run(() => Promise.reject(new TypeError('no'))),
      TypeError,
    );
    assert.equal(await semaphore.run(() => Promise.resolve(1)), 1);
  });
});
