import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SwapmeetError } from '../domain/errors.ts';
import { encodeFrame } from '../protocol/frame.ts';
import { createByteBudget } from './byte-budget.ts';
import type { Channel } from './channel.ts';
import { respond } from './responder.ts';

const FRAMES = 20_000;

/** A channel whose writes succeed at once, as a socket's do while the other side reads. */
function createFloodedChannel() {
  let feed: (chunk: Buffer | undefined) => void = () => undefined;
  let written = 0;
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
    pause: () => undefined,
    resume: () => undefined,
    write: () => {
      written += 1;
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
  };
}

function startResponder(channel: Channel, budgetBytes: number) {
  const refuse = () => Promise.reject(new SwapmeetError('bad-ticket', 'no'));
  return respond({
    at: 'peer',
    channel,
    handlers: { PRESENT: refuse, PIECE_HASHES: refuse, DOWNLOAD: refuse },
    state: () => 'open',
    idleTimeoutMs: () => 10_000,
    budget: createByteBudget(budgetBytes),
    onFault: assert.ifError,
  });
}

describe('a flood of the smallest requests', () => {
  const flood = Buffer.concat(Array.from({ length: FRAMES }, () => encodeFrame(20, '')));

  it('leaves the thread to others now and then', async () => {
    const { channel, feed, written } = createFloodedChannel();
    const responder = startResponder(channel, 100_000_000);
    feed(flood);
    feed(undefined);
    await nextTurn();
    assert.ok(written() < FRAMES, 'others got their turn before all was answered');
    await responder.closed;
    assert.equal(written(), FRAMES);
  });

  it('counts against the budget, though its payloads are empty', async () => {
    const { channel, feed, written } = createFloodedChannel();
    const responder = startResponder(channel, 1_000_000);
    feed(flood);
    await responder.closed;
    assert.ok(written() < FRAMES);
  });
});
