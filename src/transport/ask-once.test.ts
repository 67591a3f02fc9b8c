import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import net from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { encodeFrame } from '../protocol/frame.ts';
import { askOnce } from './ask-once.ts';
import { createByteBudget } from './byte-budget.ts';
import type { Channel } from './channel.ts';
import { dial, dialPlaintext } from './dialler.ts';
import { generateIdentity, type Identity } from './identity.ts';
import { listen, type Listener } from './listener.ts';
import { respond, type Handlers } from './responder.ts';

const LARGE_BYTES = 3 * 1024 * 1024;
const TIMEOUT_MS = 5_000;

/** All bytes that come until the other side ends. */
function readAll(channel: Channel): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    channel.receive((chunk) => {
      if (chunk === undefined) resolve(Buffer.concat(chunks));
      else chunks.push(Buffer.from(chunk));
    });
  });
}

describe('a connection that is handed over after one request', () => {
  let server: Identity;
  let client: Identity;
  let listener: Listener;
  let handOver: (channel: Channel) => void = () => undefined;
  let closed: Promise<void>;

  const refuse = () => Promise.reject(new SwapmeetError('not-shared', 'no'));
  const handlers = Object.assign({} as Handlers<'peer'>, {
    PRESENT: ({ ticket }: { readonly ticket: string }) => {
      if (ticket === 'never') return new Promise<never>(() => undefined);
      return ticket === 'bad' ? refuse() : Promise.resolve({ ok: undefined, handOver });
    },
  });

  before(async () => {
    [server, client] = await Promise.all([generateIdentity(), generateIdentity()]);
    const budget = createByteBudget(1_000_000);
    listener = await listen({
      host: '127.0.0.1',
      port: 0,
      identity: server,
      plaintext: true,
      onChannel: (channel) => {
        const options = { at: 'peer', channel, handlers, budget, onFault: assert.ifError } as const;
        ({ closed } = respond({ ...options, state: () => 'open', idleTimeoutMs: () => 60_000 }));
      },
    });
  });
  after(() => listener.close());

  function dialTls(t: TestContext): Promise<Channel> {
    return track(t, dial({ host: '127.0.0.1', port: listener.port, identity: client, expectedKey: server.key }));
  }
  function dialPlain(t: TestContext): Promise<Channel> {
    return track(t, dialPlaintext({ host: '127.0.0.1', port: listener.port }));
  }
  async function track(t: TestContext, dialled: Promise<Channel>): Promise<Channel> {
    const channel = await dialled;
    t.after(channel.destroy);
    return channel;
  }

  for (const [name, open] of [
    ['TLS', dialTls],
    ['plaintext', dialPlain],
  ] as const) {
    it(`loses no byte in either direction, however soon they come, over ${name}`, async (t) => {
      const there = randomFillSync(Buffer.alloc(LARGE_BYTES));
      const back = randomFillSync(Buffer.alloc(LARGE_BYTES));
      const received = new Promise<Buffer>((resolve, reject) => {
        handOver = (channel) => {
          const answered = channel.write(back.subarray(0, 7)).then(() => channel.write(back.subarray(7)));
          Promise.all([readAll(channel), answered]).then(([bytes]) => {
            resolve(bytes);
            channel.end();
          }, reject);
        };
      });
      const channel = await open(t);
      await askOnce(channel, 'PRESENT', { ticket: 'good' }, { timeoutMs: TIMEOUT_MS });
      await closed;
      // What came meanwhile waits for whoever receives next.
      const sent = channel.write(there);
      const got = readAll(channel);
      await sent;
      channel.end();
      assert.ok(there.equals(await received));
      assert.ok(back.equals(await got));
    });
  }

  it('passes over events, also those of a later version', async (t) => {
    const old = net.createServer((socket) => {
      t.after(() => socket.destroy());
      socket.write(Buffer.concat([encodeFrame(399, 'of a later version'), encodeFrame(120, 'PRESENT SUCCESS')]));
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    t.after(() => old.close());
    const { port } = old.address() as net.AddressInfo;
    const channel = await track(t, dialPlaintext({ host: '127.0.0.1', port }));
    await askOnce(channel, 'PRESENT', { ticket: 'good' }, { timeoutMs: TIMEOUT_MS });
  });

  it('is not handed over where more was sent than the request', async (t) => {
    handOver = () => {
      assert.fail('handed over');
    };
    const channel = await dialPlain(t);
    await channel.write(Buffer.concat([encodeFrame(20, 'good'), encodeFrame(20, 'more')]));
    assert.match((await readAll(channel)).toString(), /bad-frame/);
  });

  it('ends with the KO, the deadline, or when nobody wants it any more', async (t) => {
    const refused = await dialTls(t);
    await assert.rejects(askOnce(refused, 'PRESENT', { ticket: 'bad' }, { timeoutMs: TIMEOUT_MS }), {
      code: 'not-shared',
    });
    await refused.closed;
    const slow = await dialTls(t);
    await assert.rejects(askOnce(slow, 'PRESENT', { ticket: 'never' }, { timeoutMs: 30 }), { code: 'timeout' });
    await slow.closed;
    const left = await dialTls(t);
    const leaving = new AbortController();
    const asked = askOnce(left, 'PRESENT', { ticket: 'never' }, { timeoutMs: TIMEOUT_MS, signal: leaving.signal });
    leaving.abort();
    await assert.rejects(asked, { code: 'cancelled' });
    await left.closed;
  });
});
