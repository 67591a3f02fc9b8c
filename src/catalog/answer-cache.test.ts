import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnswerCache, type Answer } from './answer-cache.ts';

/** One whose answers say how often somebody was asked. */
function createAsked(bytes = 10) {
  let asked = 0;
  const ask = (goodUntilMs: number) => (): Promise<Answer> => {
    asked += 1;
    return Promise.resolve({ payload: new Uint8Array(bytes).fill(asked), goodUntilMs });
  };
  return { ask, count: () => asked };
}

test('an answer is kept until it may be another one, and not for a time before it', async () => {
  const cache = createAnswerCache();
  const { ask, count } = createAsked();
  const first = await cache.answer('a', 100, ask(200));
  assert.equal(await cache.answer('a', 199, ask(200)), first);
  assert.notEqual(await cache.answer('b', 100, ask(200)), first);
  assert.equal(count(), 2);
  assert.notEqual(await cache.answer('a', 200, ask(300)), first);
  await cache.answer('a', 150, ask(300));
  assert.equal(count(), 4);
});

test('after a change nothing from before is given, not even what was asked for before it', async () => {
  const cache = createAnswerCache();
  const { ask, count } = createAsked();
  await cache.answer('a', 0, ask(100));
  const underWay = Promise.withResolvers<Answer>();
  const late = cache.answer('b', 0, () => underWay.promise);
  cache.clear();
  underWay.resolve(await ask(100)());
  await late;
  await cache.answer('a', 0, ask(100));
  await cache.answer('b', 0, ask(100));
  assert.equal(count(), 4);
});

test('a change that no answer tells of drops none; one that does, and one that fails, drop all', async () => {
  const cache = createAnswerCache();
  const { ask, count } = createAsked();
  await cache.answer('a', 0, ask(100));
  await cache.clearAfter(Promise.resolve(false));
  await cache.answer('a', 0, ask(100));
  assert.equal(count(), 1);
  await cache.clearAfter(Promise.resolve(true));
  await cache.answer('a', 0, ask(100));
  assert.equal(count(), 2);
  await assert.rejects(cache.clearAfter(Promise.reject(new Error('lost'))));
  await cache.answer('a', 0, ask(100));
  assert.equal(count(), 3);
});

test('the answers that were asked for last are kept, up to so many bytes, and none that is large', async () => {
  const cache = createAnswerCache(20_000);
  const { ask, count } = createAsked(488);
  for (let number = 0; number < 21; number += 1) {
    await cache.answer(`query ${number}`, 0, ask(100));
    await cache.answer('query 0', 0, ask(100));
  }
  assert.equal(count(), 21);
  await cache.answer('query 20', 0, ask(100));
  await cache.answer('query 1', 0, ask(100));
  assert.equal(count(), 22);
  const large = createAsked(2_000);
  await cache.answer('large', 0, large.ask(100));
  await cache.answer('large', 0, large.ask(100));
  assert.equal(large.count(), 2);
});

test('a question that fails is asked again', async () => {
  const cache = createAnswerCache();
  await assert.rejects(cache.answer('a', 0, () => Promise.reject(new Error('no'))));
  const { ask, count } = createAsked();
  await cache.answer('a', 0, ask(100));
  assert.equal(count(), 1);
});
