import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Channel } from '../../transport/channel.ts';
import { createRateLimit } from './rate-limit.ts';
import { createThrottle, type Throttle } from './throttle.ts';

const CHUNK = Buffer.alloc(16 * 1024);

/** A channel whose other end sends all the time, unless reading is paused. */
function createSender() {
  const closed = Promise.withResolvers<undefined>();
  let isPaused = false;
  let listener: (chunk: Buffer | undefined) => void = () => undefined;
  const channel: Pick<Channel, 'receive' | 'pause' | 'resume' | 'closed'> = {
    receive: (attached) => {
      listener = attached;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    closed: closed.promise,
  };
  return {
    channel: channel as Channel,
    isPaused: () => isPaused,
    send: () => {
      if (!isPaused) listener(CHUNK);
    },
    close: () => {
      closed.resolve(undefined);
    },
  };
}

/** Time that passes as the test says, for timers too. */
function createClock(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  return {
    now: () => nowMs,
    pass: (ms: number, eachMs: () => void) => {
      for (let at = 0; at < ms; at += 1) {
        nowMs += 1;
        t.mock.timers.tick(1);
        eachMs();
      }
    },
  };
}

type Clock = ReturnType<typeof createClock>;

/** Bytes that each of several readers read within 10 s, given the download and the peer of each. */
function readAll(
  clock: Clock,
  throttle: Throttle,
  readers: readonly (readonly [share: string, peer: string])[],
): number[] {
  const read = readers.map(() => 0);
  const senders = readers.map(([share, peer], at) => {
    const sender = createSender();
    throttle.limit(sender.channel, { share, peer }).receive((chunk) => {
      read[at] = (read[at] ?? 0) + (chunk?.length ?? 0);
    });
    return sender;
  });
  clock.pass(10_000, () => {
    for (const { send } of senders) for (let chunks = 0; chunks < 20; chunks += 1) send();
  });
  return read;
}

function isAbout(bytes: number, wantedBytes: number): boolean {
  return Math.abs(bytes - wantedBytes) <= 0.05 * wantedBytes;
}

describe('a throttle', () => {
  it('lets readers together read what the limit allows, each download as much, whatever its sources', (t) => {
    const clock = createClock(t);
    const limit = createRateLimit(clock.now);
    limit.setRates({ total: 2_000_000, each: undefined });
    const [one = 0, ...three] = readAll(clock, createThrottle(limit), [
      ['a', 'x'],
      ['b', 'x'],
      ['b', 'y'],
      ['b', 'z'],
    ]);
    const other = three.reduce((sum, bytes) => sum + bytes);
    assert.ok(isAbout(one, 10_000_000) && isAbout(other, 10_000_000), `${one} ${other}`);
  });

  it('holds each source to its own limit, and not those beside it', (t) => {
    const clock = createClock(t);
    const limit = createRateLimit(clock.now);
    limit.setRates({ total: undefined, each: 500_000 });
    const [slow = 0, ...both] = readAll(clock, createThrottle(limit), [
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'y'],
    ]);
    assert.ok(isAbout(slow, 5_000_000), String(slow));
    assert.ok(
      isAbout(
        both.reduce((sum, bytes) => sum + bytes),
        5_000_000,
      ),
    );
  });

  it('leaves reading alone where nothing is limited, and goes on when the limit is lifted', (t) => {
    const clock = createClock(t);
    const limit = createRateLimit(clock.now);
    const throttle = createThrottle(limit);
    const sender = createSender();
    throttle.limit(sender.channel, { share: 'a', peer: 'x' }).receive(() => undefined);
    for (let chunks = 0; chunks < 1_000; chunks += 1) sender.send();
    assert.equal(sender.isPaused(), false);
    limit.setRates({ total: 10_000, each: undefined });
    for (let chunks = 0; chunks < 10; chunks += 1) sender.send();
    assert.equal(sender.isPaused(), true);
    limit.setRates({ total: undefined, each: undefined });
    assert.equal(sender.isPaused(), false);
  });

  it('does not resume what its reader has paused, nor the other way round', (t) => {
    const clock = createClock(t);
    const limit = createRateLimit(clock.now);
    limit.setRates({ total: 16_384, each: undefined });
    const sender = createSender();
    const channel = createThrottle(limit).limit(sender.channel, { share: 'a', peer: 'x' });
    channel.receive(() => undefined);
    sender.send();
    sender.send();
    assert.equal(sender.isPaused(), true, 'held');
    channel.pause();
    channel.resume();
    assert.equal(sender.isPaused(), true, 'still held');
    channel.pause();
    clock.pass(3_000, () => undefined);
    assert.equal(sender.isPaused(), true, 'paused by its reader');
    channel.resume();
    assert.equal(sender.isPaused(), false);
  });

  it('forgets who has gone', async (t) => {
    const clock = createClock(t);
    const limit = createRateLimit(clock.now);
    limit.setRates({ total: 16_384, each: undefined });
    const throttle = createThrottle(limit);
    const gone = createSender();
    throttle.limit(gone.channel, { share: 'a', peer: 'x' }).receive(() => undefined);
    for (let chunks = 0; chunks < 3; chunks += 1) gone.send();
    gone.close();
    await Promise.resolve();
    const spent: number[] = [];
    t.mock.method(limit, 'spend', (_peer: string, bytes: number) => spent.push(bytes));
    clock.pass(3_000, () => undefined);
    assert.deepEqual(spent, []);
  });
});
