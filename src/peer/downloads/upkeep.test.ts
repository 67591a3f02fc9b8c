import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { FAST } from '../../../test/support/transfer-fixture.ts';
import { keepTrying } from './upkeep.ts';

const log = pino({ level: 'silent' });
const timing = { ...FAST, retry: { firstMs: 1, lastMs: 1 } };

describe('the upkeep of the queue', () => {
  it('is tried again until it succeeds', async () => {
    let tries = 0;
    await keepTrying({ timing, log, closing: new AbortController().signal }, () => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
    });
    assert.equal(tries, 3);
  });

  it('ends with the peer, without a failure', async () => {
    const closing = new AbortController();
    let tries = 0;
    await keepTrying({ timing, log, closing: closing.signal }, () => {
      tries += 1;
      if (tries === 2) closing.abort(new Error('the peer stops'));
      return Promise.reject(new Error('the disk is full'));
    });
    assert.equal(tries, 2);
    await keepTrying({ timing, log, closing: closing.signal }, () => Promise.reject(new Error('not called')));
  });
});
