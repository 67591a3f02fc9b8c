import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SwapmeetError } from '../domain/errors.ts';
import { encodeFrame } from '../protocol/frame.ts';
import { SMALL_BYTES_MAX } from '../protocol/limits.ts';
import { EVENTS, MESSAGES } from '../protocol/messages.ts';
import { createByteBudget, type ByteBudget } from './byte-budget.ts';
import type { Channel } from './channel.ts';
import { respond, type Handlers } from './responder.ts';

const FRAMES = 20_000;

/** A channel whose writes succeed at once, as a socket's do while the other side reads. */
function createFloodedChannel() {
  let feed: (chunk: Buffer | undefined) => void = () => undefined;
  const types: number[] = [];
  let written = 0;
  let isPaused = false;
  const closed = Promise.withResolvers<undefined>();
  const end = (): void => {
    closed.resolve(undefined);
  };
  const channel: Channel = {
    remote: { address: '127.0.0.1', port: 1 },
    certificate: undefined,
    receive: (listener) => {
      feed = listener;
    },
    handBack: () => undefined,
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    write: (frame) => {
      written += 1;
      types.push(Buffer.from(frame).readUInt16BE(4));
      return Promise.resolve();
    },
    end,
    destroy: end,
    closed: closed.promise,
  };
  return {
    channel,
    feed: (chunk: Buffer | undefined) => {
      feed(chunk);
    },
    written: () => written,
    isPaused: () => isPaused,
    types,
  };
}

function startResponder(channel: Channel, budget: ByteBudget) {
  const refuse = () => Promise.reject(new SwapmeetError('bad-ticket', 'no'));
  return respond({
    at: 'peer',
    channel,
    handlers: { PRESENT: refuse, ANSWER: refuse, PIECE_HASHES: refuse, HAVE: refuse, BUNDLE: refuse, DOWNLOAD: refuse },
    state: () => 'open',
    idleTimeoutMs: () => 10_000,
    budget,
    onFault: assert.ifError,
  });
}

/** Answers of a server whose FIND never comes to an end by itself. */
function startQuerying(channel: Channel, budget = createByteBudget(1_000_000), idleTimeoutMs = 10_000) {
  const none = () => Promise.resolve({ ok: undefined });
  const refuse = () => Promise.reject(new SwapmeetError('bad-request', 'no'));
  const signals: AbortSignal[] = [];
  const untilAborted = (_request: unknown, signal: AbortSignal): Promise<never> => {
    signals.push(signal);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as SwapmeetError);
      });
    });
  };
  const others = Object.assign(
    {} as Handlers<'server'>,
    Object.fromEntries(Object.keys(MESSAGES).map((name) => [name, refuse])),
  );
  const responder = respond({
    at: 'server',
    channel,
    handlers: { ...others, FIND: untilAborted, CANCEL: none },
    state: () => 'logged-in',
    idleTimeoutMs: () => idleTimeoutMs,
    budget,
    onFault: assert.ifError,
  });
  return { responder, signals };
}

describe('CANCEL', () => {
  it('acts when it arrives, on what came before it; replies keep their order', async () => {
    const { channel, feed, types } = createFloodedChannel();
    const { responder } = startQuerying(channel);
    feed(Buffer.concat([11, 11, 17].map((type) => encodeFrame(type, type === 11 ? 'x' : ''))));
    feed(undefined);
    await responder.closed;
    assert.deepEqual(types, [211, 211, 117]);
  });

  it('is not needed by who leaves', async () => {
    const { channel, feed } = createFloodedChannel();
    const { responder, signals } = startQuerying(channel);
    feed(encodeFrame(11, 'x'));
    await nextTurn();
    channel.destroy();
    await responder.closed;
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true],
    );
  });
});

describe('a flood of the smallest requests', () => {
  const flood = Buffer.concat(Array.from({ length: FRAMES }, () => encodeFrame(20, '')));

  it('leaves the thread to others now and then', async () => {
    const { channel, feed, written } = createFloodedChannel();
    const responder = startResponder(channel, createByteBudget(100_000_000));
    feed(flood);
    feed(undefined);
    await nextTurn();
    assert.ok(written() < FRAMES, 'others got their turn before all was answered');
    await responder.closed;
    assert.equal(written(), FRAMES);
  });

  it('counts against the budget, though its payloads are empty: reading goes on when they are answered', async () => {
    const { channel, feed, written, isPaused } = createFloodedChannel();
    const budget = createByteBudget(1_000_000);
    const other = {};
    budget.hold(other, { bytes: 500_000, network: '127.0.0.2', isStranger: false }, () => undefined);
    const responder = startResponder(channel, budget);
    feed(flood);
    assert.ok(isPaused());
    while (isPaused()) await nextTurn();
    assert.ok(written() > 0);
    feed(undefined);
    await responder.closed;
    assert.equal(written(), FRAMES);
  });
});

describe('a large request', () => {
  it('waits for room, as long as for anything else', async () => {
    const { channel, feed, types, isPaused } = createFloodedChannel();
    const budget = createByteBudget(1_000_000);
    budget.hold({}, { bytes: 1_000_000, network: '127.0.0.2', isStranger: false }, () => undefined);
    const { responder } = startQuerying(channel, budget, 20);
    feed(encodeFrame(MESSAGES.REGISTER_UPDATE.code, Buffer.alloc(2 * SMALL_BYTES_MAX)).subarray(0, -1));
    assert.ok(isPaused());
    await responder.closed;
    assert.deepEqual(types, [EVENTS.SESSION_ENDED.code]);
  });

  it('that stalls ends the session, long before one that rests', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { channel, feed, types } = createFloodedChannel();
    const { responder } = startQuerying(channel, undefined, 330_000);
    const frame = encodeFrame(MESSAGES.REGISTER_UPDATE.code, Buffer.alloc(16 * SMALL_BYTES_MAX));
    t.mock.timers.tick(300_000);
    // Slow, but it comes.
    for (let at = 0; at < 12 * SMALL_BYTES_MAX; at += SMALL_BYTES_MAX) {
      feed(frame.subarray(at, at + SMALL_BYTES_MAX));
      t.mock.timers.tick(7_000);
    }
    assert.deepEqual(types, []);
    t.mock.timers.tick(60_000);
    await responder.closed;
    assert.deepEqual(types, [EVENTS.SESSION_ENDED.code]);
  });

  it('that waited for room has the whole of its time when there is some', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { channel, feed, types, isPaused } = createFloodedChannel();
    const budget = createByteBudget(1_000_000);
    const other = {};
    budget.hold(other, { bytes: 1_000_000, network: '127.0.0.2', isStranger: false }, () => undefined);
    const { responder } = startQuerying(channel, budget, 330_000);
    feed(encodeFrame(MESSAGES.REGISTER_UPDATE.code, Buffer.alloc(2 * SMALL_BYTES_MAX)).subarray(0, -1));
    t.mock.timers.tick(300_000);
    budget.release(other);
    assert.ok(!isPaused());
    t.mock.timers.tick(59_000);
    assert.deepEqual(types, []);
    t.mock.timers.tick(1_000);
    await responder.closed;
    assert.deepEqual(types, [EVENTS.SESSION_ENDED.code]);
  });
});
