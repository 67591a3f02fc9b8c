import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finishBeforeClosing } from './finish-before-closing.ts';

describe('what takes several steps', () => {
  it('comes to its end before the close, and nothing new begins', async () => {
    const step = Promise.withResolvers<string>();
    const closing = finishBeforeClosing({ store: () => step.promise });
    const stored = closing.methods.store();
    let finished = false;
    const finishing = closing.finish().then(() => {
      finished = true;
    });
    await assert.rejects(closing.methods.store(), { code: 'shutting-down' });
    assert.ok(!finished);
    step.resolve('done');
    await finishing;
    assert.equal(await stored, 'done');
  });

  it('is not waited for when it failed, or when it takes too long', { timeout: 20_000 }, async () => {
    const methods = {
      fail: () => Promise.reject(new RangeError('no')),
      hang: () => new Promise<never>(() => undefined),
    };
    const closing = finishBeforeClosing(methods, 50);
    await assert.rejects(closing.methods.fail(), RangeError);
    void closing.methods.hang();
    // Nothing else keeps the process going.
    const alive = setInterval(() => undefined, 1_000);
    await closing.finish();
    clearInterval(alive);
  });
});
