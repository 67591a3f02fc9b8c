import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { createChannelPairs, readBytes } from '../../../test/support/channel-pairs.ts';
import type { Channel } from '../../transport/channel.ts';
import { RELAY_LIMITS, type RelayLimits } from './relay-limits.ts';
import { createRelays, type Relays } from './relays.ts';

const KEYS = ['a', 'b'] as const;
const LARGE_BYTES = 2 * 1024 * 1024;
const { signal } = new AbortController();

function relaysWith(t: TestContext, limits: Partial<RelayLimits> = {}): Relays {
  const relays = createRelays({ ...RELAY_LIMITS, ...limits }, () => performance.now());
  t.after(relays.close);
  return relays;
}

/** The far ends of two connections that the relay has joined. */
async function joined(t: TestContext, relays: Relays, keys: readonly [string, string] = KEYS) {
  const connection = await createChannelPairs(t);
  const token = relays.expect(keys);
  const ends = await Promise.all(
    keys.map(async (key): Promise<Channel> => {
      const [far, near] = await connection();
      const handOver = await relays.join(token, key, signal);
      handOver(near);
      return far;
    }),
  );
  const [one, other] = ends;
  assert.ok(one && other);
  return [one, other] as const;
}

describe('a relay', () => {
  it('passes on what each end sends, byte for byte, and what is on its way when one ends', async (t) => {
    const [one, other] = await joined(t, relaysWith(t));
    const bytes = randomFillSync(Buffer.alloc(LARGE_BYTES));
    const [there, back] = [readBytes(other, Infinity), readBytes(one, LARGE_BYTES)];
    await Promise.all([one.write(bytes), other.write(bytes)]);
    assert.ok(bytes.equals(await back));
    one.end();
    assert.ok(bytes.equals(await there));
    await other.closed;
  });

  it('ends with either end', async (t) => {
    const relays = relaysWith(t);
    const [one, other] = await joined(t, relays);
    other.receive(() => undefined);
    one.destroy();
    await other.closed;
  });

  it('ends where nothing is sent for long', async (t) => {
    const [one, other] = await joined(t, relaysWith(t, { idleTimeoutMs: 50 }));
    for (const end of [one, other]) end.receive(() => undefined);
    await Promise.all([one.closed, other.closed]);
  });

  it('is no faster than its rate', async (t) => {
    const [one, other] = await joined(t, relaysWith(t, { rates: { total: null, each: 4e6 } }));
    const beganMs = performance.now();
    const there = readBytes(other, LARGE_BYTES);
    await one.write(Buffer.alloc(LARGE_BYTES));
    await there;
    // A quarter of a second of it is free.
    assert.ok(performance.now() - beganMs > (LARGE_BYTES / 4e6 - 0.3) * 1000);
  });
});

describe('who comes to a relay', () => {
  it('has the token, one of the keys, and comes once', async (t) => {
    const relays = relaysWith(t);
    const token = relays.expect(KEYS);
    await assert.rejects(relays.join('another', 'a', signal), { code: 'bad-token' });
    await assert.rejects(relays.join(token, 'c', signal), { code: 'bad-token' });
    const [first, second] = [relays.join(token, 'a', signal), relays.join(token, 'a', signal)];
    await assert.rejects(second, { code: 'bad-token' });
    await Promise.all([first, relays.join(token, 'b', signal)]);
  });

  it('does not wait for ever, nor for one who left', async (t) => {
    const relays = relaysWith(t, { meetTimeoutMs: 30 });
    await assert.rejects(relays.join(relays.expect(KEYS), 'a', signal), { code: 'timeout' });
    const token = relays.expect(KEYS);
    const gone = new AbortController();
    const leaving = relays.join(token, 'a', gone.signal);
    gone.abort();
    await assert.rejects(leaving, { code: 'unreachable' });
    await assert.rejects(relays.join(token, 'b', signal));
    assert.equal(relays.count(), 0);
  });

  it('is let go where it is handed over too late', async (t) => {
    const relays = relaysWith(t, { meetTimeoutMs: 30 });
    const connection = await createChannelPairs(t);
    const [[far, near], [lateFar, late]] = [await connection(), await connection()];
    const token = relays.expect(KEYS);
    const [handOver, handOverLate] = await Promise.all(KEYS.map((key) => relays.join(token, key, signal)));
    for (const end of [far, lateFar]) end.receive(() => undefined);
    handOver?.(near);
    await far.closed;
    handOverLate?.(late);
    await lateFar.closed;
    assert.equal(relays.count(), 0);
  });

  it('is one of so many, in all, of one key and of two', (t) => {
    const relays = relaysWith(t, { most: 3, mostPerKey: 2 });
    relays.expect(['a', 'b']);
    relays.expect(['a', 'c']);
    assert.throws(() => relays.expect(['d', 'a']), { code: 'busy' });
    relays.expect(['b', 'c']);
    assert.throws(() => relays.expect(['d', 'e']), { code: 'busy' });
    const between = relaysWith(t, { mostPerPair: 1 });
    between.expect(['a', 'b']);
    assert.throws(() => between.expect(['b', 'a']), { code: 'busy' });
    between.expect(['a', 'c']);
  });
});
