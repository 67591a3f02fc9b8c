import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DATA_TYPE, encodeFrame } from '../protocol/frame.ts';
import { createCaller, type Caller } from './caller.ts';
import type { Channel } from './channel.ts';

const SHA1 = 'a'.repeat(40);
const RANGE = { sha1: SHA1, offsetBytes: 0, lengthBytes: 4 };

/** A caller, and the hand that feeds it replies. */
function createPair(): {
  caller: Caller;
  reply: (...frames: Buffer[]) => void;
  destroyed: () => boolean;
  /** The types of what was sent. */
  sent: number[];
} {
  const sent: number[] = [];
  let listener: (chunk: Buffer | undefined) => void = () => undefined;
  let destroyed = false;
  const channel: Channel = {
    remote: { address: '127.0.0.1', port: 1 },
    certificate: undefined,
    receive: (attached) => {
      listener = attached;
    },
    handBack: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    write: (frame) => {
      sent.push(Buffer.from(frame).readUInt16BE(4));
      return Promise.resolve();
    },
    end: () => undefined,
    destroy: () => {
      destroyed = true;
    },
    closed: new Promise(() => undefined),
  };
  const caller = createCaller(channel);
  return {
    caller,
    reply: (...frames) => {
      listener(Buffer.concat(frames));
    },
    destroyed: () => destroyed,
    sent,
  };
}

const BREACHES: readonly (readonly [string, ...Buffer[]])[] = [
  ['an OK that does not parse', encodeFrame(108, 'four')],
  ['the OK of another request', encodeFrame(107, '')],
  ['the KO of another request', encodeFrame(207, 'busy later')],
  ['a second OK before the data of the first', encodeFrame(108, '4'), encodeFrame(108, '4')],
  ['data before the OK', encodeFrame(DATA_TYPE, 'abcd')],
  ['more data than was announced', encodeFrame(108, '4'), encodeFrame(DATA_TYPE, 'abcde')],
  ['a request', encodeFrame(8, `${SHA1}\n0\n4`)],
  ['an event that nobody listens to', encodeFrame(303, '1\n2')],
];

describe('createCaller', () => {
  for (const [what, ...frames] of BREACHES) {
    it(`ends the connection at ${what}, which is no KO of that code`, async () => {
      const { caller, reply, destroyed } = createPair();
      const call = assert.rejects(caller.call('DOWNLOAD', RANGE), { code: 'protocol-error' });
      reply(...frames);
      await call;
      assert.ok(destroyed());
      await assert.rejects(caller.call('DOWNLOAD', RANGE), { code: 'protocol-error' });
    });
  }

  it('goes on after a KO, before data or amid it', async () => {
    const { caller, reply, destroyed } = createPair();
    const calls = [1, 2, 3].map(() => caller.call('DOWNLOAD', RANGE));
    const settled = Promise.allSettled(calls);
    reply(encodeFrame(208, 'not-shared no'), encodeFrame(108, '4'), encodeFrame(DATA_TYPE, 'ab'));
    reply(encodeFrame(208, 'changed no'), encodeFrame(108, '4'), encodeFrame(DATA_TYPE, 'abcd'));
    const [gone, changed, whole] = await settled;
    assert.equal(gone?.status === 'rejected' && (gone.reason as { code: string }).code, 'not-shared');
    assert.equal(changed?.status === 'rejected' && (changed.reason as { code: string }).code, 'changed');
    assert.deepEqual(whole, { status: 'fulfilled', value: { lengthBytes: 4 } });
    assert.ok(!destroyed());
    caller.close();
  });

  it('gives up what is not wanted any more, and sends CANCEL when no query is wanted', async () => {
    const { caller, reply, sent } = createPair();
    const controllers = [1, 2].map(() => new AbortController());
    const calls = controllers.map(({ signal }) => caller.call('FIND', { query: 'x' }, { signal }));
    const settled = Promise.allSettled(calls);
    controllers[0]?.abort();
    assert.deepEqual(sent, [11, 11]);
    controllers[1]?.abort();
    assert.deepEqual(sent, [11, 11, 17]);
    for (const call of await settled) {
      assert.equal(call.status === 'rejected' && (call.reason as { code: string }).code, 'cancelled');
    }
    const next = caller.call('SEARCH', { query: 'y' });
    reply(encodeFrame(211, 'cancelled so'), encodeFrame(211, 'cancelled so'));
    reply(encodeFrame(117, 'CANCEL SUCCESS'), encodeFrame(107, ''));
    assert.deepEqual((await next).rows, []);
    await assert.rejects(caller.call('FIND', { query: 'x' }, { signal: AbortSignal.abort() }), { code: 'cancelled' });
    assert.deepEqual(sent, [11, 11, 17, 7]);
    caller.close();
  });

  it('waits for a long reply as long as it goes on, unless it was given a time for the whole', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const frame = encodeFrame(107, 'x'.repeat(2 * 1024 * 1024));
    const step = frame.length / 4;
    const arrives = (options: { timeoutMs?: number }): boolean => {
      const { caller, reply, destroyed } = createPair();
      caller.call('SEARCH', { query: 'x' }, options).catch(() => undefined);
      for (let at = 0; at < 3; at += 1) {
        reply(frame.subarray(at * step, (at + 1) * step));
        t.mock.timers.tick(40_000);
      }
      return !destroyed();
    };
    assert.ok(arrives({}));
    assert.ok(!arrives({ timeoutMs: 60_000 }));
  });

  it('takes no event for the progress of a reply, known or not', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const unknown = encodeFrame(399, 'x'.repeat(4_000));
    const ended = encodeFrame(300, `busy ${'x'.repeat(4_000)}`);
    for (const event of [unknown, ended]) {
      const { caller, reply, destroyed } = createPair();
      caller.call('DOWNLOAD', RANGE).catch(() => undefined);
      for (let minutes = 0; minutes < 3; minutes += 1) {
        for (let at = 0; at < 400; at += 1) reply(event);
        t.mock.timers.tick(30_000);
      }
      assert.ok(destroyed());
    }
  });
});
