import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGate } from './gate.ts';

const NEVER = new AbortController().signal;

describe('a gate', () => {
  it('lets in so many at a time, the others in their order', async () => {
    const gate = createGate(2);
    const entered: number[] = [];
    const releases: (() => void)[] = [];
    const work = (number: number) => () => {
      entered.push(number);
      return new Promise<void>((resolve) => releases.push(resolve));
    };
    const runs = [1, 2, 3, 4].map((number) => gate.run(work(number), NEVER));
    await Promise.resolve();
    assert.deepEqual(entered, [1, 2]);
    assert.ok(gate.isFull());
    for (let next = 0; next < 4; next += 1) {
      releases[next]?.();
      await runs[next];
      await new Promise(setImmediate);
    }
    assert.deepEqual(entered, [1, 2, 3, 4]);
    assert.ok(!gate.isFull());
  });

  it('frees the place of work that fails, and forgets who gave up', async () => {
    const gate = createGate(1);
    const stop = new AbortController();
    const held = Promise.withResolvers<undefined>();
    const first = gate.run(() => held.promise, NEVER);
    const second = gate.run(() => Promise.resolve('never'), stop.signal);
    const third = gate.run(() => Promise.resolve('third'), NEVER);
    stop.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    held.reject(new Error('broken'));
    await assert.rejects(first, /broken/);
    assert.equal(await third, 'third');
  });
});
