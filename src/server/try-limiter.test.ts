import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTryLimiter, type TryLimiter } from './try-limiter.ts';

const right = () => Promise.resolve(true);
const wrong = () => Promise.resolve(false);

async function triesUntilBusy(limiter: TryLimiter, address: string): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    try {
      await limiter.attempt(address, wrong);
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'busy');
      return tries;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe('try limiter', () => {
  it('stops an address that was wrong too often, and no other', async () => {
    const limiter = createTryLimiter(() => 0);
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 20);
    await assert.rejects(limiter.attempt('198.51.100.1', right), { code: 'busy' });
    assert.equal(await limiter.attempt('198.51.100.2', right), true);
  });

  it('gives tries back with time', async () => {
    let nowMs = 0;
    const limiter = createTryLimiter(() => nowMs);
    await triesUntilBusy(limiter, '198.51.100.1');
    nowMs = 10_000;
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 2);
    nowMs = 1_000_000_000;
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 20);
  });

  it('counts neither right passwords nor checks that failed', async () => {
    const limiter = createTryLimiter(() => 0);
    const failing = () => Promise.reject(new TypeError('no'));
    for (let round = 0; round < 50; round += 1) {
      assert.equal(await limiter.attempt('198.51.100.1', right), true);
      await assert.rejects(limiter.attempt('198.51.100.1', failing), TypeError);
    }
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 20);
  });

  it('lets any number of right passwords be checked at once, and has wrong ones pay for it', async () => {
    let nowMs = 0;
    const limiter = createTryLimiter(() => nowMs);
    const slow = Promise.withResolvers<boolean>();
    const checks = Array.from({ length: 50 }, () => limiter.attempt('198.51.100.1', () => slow.promise));
    slow.resolve(true);
    assert.ok((await Promise.all(checks)).every(Boolean));
    await Promise.all(Array.from({ length: 50 }, () => limiter.attempt('198.51.100.1', wrong)));
    nowMs = 150_000;
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 0);
    nowMs = 155_000;
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 1);
  });

  it('takes a /64 of IPv6 for one address, and an IPv4 address in IPv6 for what it is', async () => {
    const limiter = createTryLimiter(() => 0);
    assert.equal(await triesUntilBusy(limiter, '2001:db8::1'), 20);
    assert.equal(await triesUntilBusy(limiter, '2001:db8::2'), 0);
    assert.equal(await triesUntilBusy(limiter, '2001:db8:0:1::1'), 20);
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 20);
    assert.equal(await triesUntilBusy(limiter, '::ffff:198.51.100.1'), 0);
  });

  it('is generous on loopback, where everybody shares an address', async () => {
    assert.equal(
      await triesUntilBusy(
        createTryLimiter(() => 0),
        '127.0.0.1',
      ),
      200,
    );
  });

  it('forgets the network that was quiet longest rather than grow', async () => {
    const limiter = createTryLimiter(() => 0);
    await triesUntilBusy(limiter, '198.51.100.1');
    for (let index = 0; index < 10_000; index += 1) {
      await limiter.attempt(`10.0.${index >> 8}.${index & 255}`, right);
    }
    assert.equal(await triesUntilBusy(limiter, '198.51.100.1'), 20);
  });
});
