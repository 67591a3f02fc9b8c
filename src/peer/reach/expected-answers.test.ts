import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createExpectedAnswers } from './expected-answers.ts';

const TOKEN = 'the-token-of-bob';
const { signal } = new AbortController();

describe('expected answers', () => {
  it('are taken once, under their token, and with their key', async () => {
    const answers = createExpectedAnswers();
    const token = Promise.withResolvers<string>();
    const expected = answers.expect('bob', token.promise, signal);
    await assert.rejects(answers.take(TOKEN, 'eve'), { code: 'bad-token' });
    await assert.rejects(answers.take(TOKEN, undefined), { code: 'bad-token' });
    // It comes before the server has told the token.
    const early = answers.take(TOKEN, 'bob');
    token.resolve(TOKEN);
    await early;
    await assert.rejects(answers.take(TOKEN, 'bob'), { code: 'bad-token' });
    await assert.rejects(answers.take('another', 'bob'), { code: 'bad-token' });
    assert.ok(expected instanceof Promise);
  });

  it('are none any more once they were given up, and what comes all the same is closed', async () => {
    const answers = createExpectedAnswers();
    const stop = new AbortController();
    const expected = answers.expect('bob', Promise.resolve(TOKEN), stop.signal);
    const takeOver = await answers.take(TOKEN, 'bob');
    stop.abort(new Error('enough'));
    await assert.rejects(expected, { message: 'enough' });
    let isClosed = false;
    takeOver(Object.assign({} as Parameters<typeof takeOver>[0], { destroy: () => (isClosed = true) }));
    assert.ok(isClosed);
  });

  it('fail where the server does not call', async () => {
    const answers = createExpectedAnswers();
    await assert.rejects(answers.expect('bob', Promise.reject(new Error('busy')), signal), { message: 'busy' });
  });
});
