import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNewcomerLimiter } from './newcomer-limiter.ts';

describe('newcomer limiter', () => {
  it('lets a network register so many new usernames, then one a minute, and no other pays for it', () => {
    let nowMs = 0;
    const limiter = createNewcomerLimiter(() => nowMs);
    const admit = (address: string) => () => {
      limiter.admit(address);
    };
    for (let round = 0; round < 100; round += 1) limiter.admit('198.51.100.1');
    assert.throws(admit('198.51.100.1'), { code: 'busy' });
    limiter.admit('198.51.100.2');
    nowMs = 60_000;
    limiter.admit('198.51.100.1');
    assert.throws(admit('198.51.100.1'), { code: 'busy' });
  });
});
