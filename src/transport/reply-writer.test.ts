import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { createReplyWriter } from './reply-writer.ts';

/** A channel that says nothing of what was written until it is told to. */
function createSlowChannel() {
  const waiting: PromiseWithResolvers<undefined>[] = [];
  return {
    waiting,
    write: async () => {
      const written = Promise.withResolvers<undefined>();
      waiting.push(written);
      await written.promise;
    },
  };
}

describe('a reply writer', () => {
  it('lets small replies follow each other, and waits once there is much', async () => {
    const { waiting, write } = createSlowChannel();
    const send = createReplyWriter({ write });
    await send(Buffer.alloc(1_000));
    await send(Buffer.alloc(1_000));
    let isThrough = false;
    const large = send(Buffer.alloc(100_000)).then(() => {
      isThrough = true;
    });
    await nextTurn();
    assert.equal(waiting.length, 3);
    assert.ok(!isThrough);
    for (const { resolve } of waiting) resolve(undefined);
    await large;
    await send(Buffer.alloc(1_000));
    assert.equal(waiting.length, 4);
  });

  it('fails only where somebody waits', async () => {
    const { waiting, write } = createSlowChannel();
    const send = createReplyWriter({ write });
    await send(Buffer.alloc(1_000));
    const large = send(Buffer.alloc(100_000));
    for (const { reject } of waiting) reject(new Error('gone'));
    await assert.rejects(large, /gone/);
  });
});
