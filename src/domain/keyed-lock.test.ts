import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createKeyedLock } from './keyed-lock.ts';

describe('keyed lock', () => {
  it('runs the tasks of one key one after the other', async () => {
    const lock = createKeyedLock();
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise(setImmediate);
      events.push(`${name} ends`);
    };
    await Promise.all([lock.run('key', task('a')), lock.run('key', task('b')), lock.run('key', task('c'))]);
    assert.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets other keys pass', async () => {
    const lock = createKeyedLock();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const held = lock.run('one', () => promise);
    assert.equal(await lock.run('other', () => Promise.resolve('passed')), 'passed');
    resolve(undefined);
    await held;
  });

  it('goes on after a task that failed', async () => {
    const lock = createKeyedLock();
    const failed = lock.run('key', () => Promise.reject(new TypeError('no')));
    const next = lock.run('key', () => Promise.resolve('next'));
    await assert.rejects(failed, TypeError);
    assert.equal(await next, 'next');
  });
});
