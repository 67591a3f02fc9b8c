import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { DATA_TYPE, encodeFrame } from '../protocol/frame.ts';
import type { ConnectionState } from '../protocol/messages.ts';
import { createByteBudget } from './byte-budget.ts';
import { createCaller, type Caller } from './caller.ts';
import type { Channel } from './channel.ts';
import { dial, dialPlaintext } from './dialler.ts';
import { generateIdentity, type Identity } from './identity.ts';
import { listen, type Listener } from './listener.ts';
import { respond, type Handlers } from './responder.ts';

const SHA1 = 'a'.repeat(40);

/** Answers like a peer whose only content is `bytes`. */
function handlersFor(bytes: Buffer, admit: () => void): Handlers<'peer'> {
  return {
    PRESENT: ({ ticket }) => {
      if (ticket !== 'good') throw new SwapmeetError('bad-ticket', 'no');
      admit();
      return Promise.resolve({ ok: undefined });
    },
    ANSWER: () => Promise.reject(new TypeError('a bug')),
    PIECE_HASHES: () => Promise.reject(new TypeError('a bug')),
    HAVE: () => Promise.reject(new SwapmeetError('not-shared', 'no')),
    BUNDLE: () => Promise.reject(new SwapmeetError('not-shared', 'no')),
    DOWNLOAD: async ({ offsetBytes, lengthBytes }) => {
      await Promise.resolve();
      async function* frames(): AsyncGenerator<Buffer> {
        const end = Math.min(offsetBytes + lengthBytes, bytes.length);
        for (let at = offsetBytes; at < end; at += 10_000) {
          await Promise.resolve();
          yield encodeFrame(DATA_TYPE, bytes.subarray(at, Math.min(at + 10_000, end)));
        }
        if (end < offsetBytes + lengthBytes) throw new SwapmeetError('changed', 'the file became shorter');
      }
      return { ok: { lengthBytes }, data: frames() };
    },
  };
}

describe('transport', () => {
  const content = Buffer.alloc(300_000, 'swapmeet ');
  const faults: unknown[] = [];
  let server: Identity;
  let client: Identity;
  let listener: Listener;
  let seen: Channel[] = [];

  before(async () => {
    [server, client] = await Promise.all([generateIdentity(), generateIdentity()]);
    const budget = createByteBudget(1_000_000);
    listener = await listen({
      host: '127.0.0.1',
      port: 0,
      identity: server,
      plaintext: true,
      handshakeTimeoutMs: 300,
      onChannel: (channel) => {
        seen.push(channel);
        let state: ConnectionState = 'open';
        respond({
          at: 'peer',
          channel,
          handlers: handlersFor(content, () => {
            state = 'admitted';
          }),
          state: () => state,
          idleTimeoutMs: () => 500,
          budget,
          onFault: (error) => faults.push(error),
        });
      },
    });
  });
  after(() => listener.close());

  function dialServer() {
    return dial({ host: '127.0.0.1', port: listener.port, identity: client, expectedKey: server.key });
  }

  async function download(caller: Caller, offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    await caller.call(
      'DOWNLOAD',
      { sha1: SHA1, offsetBytes, lengthBytes },
      { receive: () => (bytes) => chunks.push(Buffer.from(bytes)) },
    );
    return Buffer.concat(chunks);
  }

  it('shows each side the key of the other', async () => {
    seen = [];
    const channel = await dialServer();
    const caller = createCaller(channel);
    await caller.call('PRESENT', { ticket: 'good' });
    assert.equal(channel.certificate.key, server.key);
    assert.equal(seen[0]?.certificate?.key, client.key);
    assert.equal(seen[0].remote.address, '127.0.0.1');
    caller.close();
  });

  it('refuses a server with another key', async () => {
    const dialled = dial({ host: '127.0.0.1', port: listener.port, identity: client, expectedKey: client.key });
    await assert.rejects(dialled, { code: 'wrong-key' });
  });

  for (const [name, open] of [
    ['TLS', dialServer],
    ['plaintext', () => dialPlaintext({ host: '127.0.0.1', port: listener.port })],
  ] as const) {
    it(`answers pipelined requests in order, with data and KOs among them, over ${name}`, async () => {
      const caller = createCaller(await open());
      const replies = await Promise.allSettled([
        download(caller, 0, 10),
        caller.call('PRESENT', { ticket: 'bad' }),
        caller.call('PRESENT', { ticket: 'good' }),
        download(caller, 5, 250_000),
        download(caller, 299_990, 20),
        caller.call('PIECE_HASHES', { sha1: SHA1 }),
        download(caller, 0, 1),
      ]);
      const codes = replies.map((reply) =>
        reply.status === 'rejected' && reply.reason instanceof SwapmeetError ? reply.reason.code : 'ok',
      );
      assert.deepEqual(codes, ['no-ticket', 'bad-ticket', 'ok', 'ok', 'changed', 'internal', 'ok']);
      const whole = replies[3];
      assert.ok(whole.status === 'fulfilled' && whole.value.equals(content.subarray(5, 250_005)));
      assert.ok(faults.pop() instanceof TypeError);
      caller.close();
    });
  }

  it('answers what arrived before the client closed its half', async () => {
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(encodeFrame(20, 'good'));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    socket.destroy();
    assert.deepEqual(Buffer.concat(chunks), encodeFrame(120, 'PRESENT SUCCESS'));
  });

  it('says what was wrong with a frame, then closes', async () => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(Buffer.from('ffffffff0014', 'hex'));
    const [reply] = (await once(socket, 'data')) as [Buffer];
    assert.equal(reply.readUInt16BE(4), 220);
    assert.match(reply.toString('utf8', 6), /^too-large /);
    await once(socket, 'close');
  });

  it('closes connections that send nothing, or nothing more', async () => {
    const silent = connect(listener.port, '127.0.0.1');
    const stalled = connect(listener.port, '127.0.0.1');
    stalled.write(Buffer.from('0000', 'hex'));
    await Promise.all([once(silent, 'close'), once(stalled.resume(), 'close')]);
  });

  it('fails every waiting call when the connection is lost', async () => {
    const channel = await dialServer();
    const caller = createCaller(channel);
    await caller.call('PRESENT', { ticket: 'good' });
    const calls = [download(caller, 0, 1000), download(caller, 0, 1000)];
    channel.destroy();
    for (const result of await Promise.allSettled(calls)) {
      assert.ok(result.status === 'rejected');
      assert.equal((result.reason as SwapmeetError).code, 'disconnected');
    }
    assert.equal((await caller.closed).code, 'disconnected');
  });
});
