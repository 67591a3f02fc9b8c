import assert from 'node:assert/strict';
import test from 'node:test';
import { SwapmeetError, type ErrorCode } from '../domain/errors.ts';
import { encodeFrame } from '../protocol/frame.ts';
import type { Channel } from '../transport/channel.ts';
import { createRawExchange } from './raw-exchange.ts';

/** A channel whose other end the test plays. */
function createFakeChannel() {
  const sent: Buffer[] = [];
  const closing = Promise.withResolvers<undefined>();
  let listener: (chunk: Buffer | undefined) => void = () => undefined;
  const channel: Channel = {
    remote: { address: '127.0.0.1', port: 1 },
    certificate: undefined,
    receive: (given) => {
      listener = given;
    },
    handBack: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    write: (bytes) => {
      sent.push(Buffer.from(bytes));
      return Promise.reject(new SwapmeetError('disconnected', 'a failed write'));
    },
    end: () => {
      closing.resolve(undefined);
    },
    destroy: () => {
      closing.resolve(undefined);
    },
    closed: closing.promise,
  };
  return {
    channel,
    sent,
    say: (chunk: Buffer | undefined) => {
      listener(chunk);
    },
  };
}

function failsWith(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof SwapmeetError && error.code === code;
}

test('payloads go out and come in as they are', async () => {
  const { channel, sent, say } = createFakeChannel();
  const exchange = createRawExchange(channel);
  const first = exchange.ask(5, Buffer.from([0xff]));
  say(encodeFrame(105, 'a|b\n|next=1'));
  assert.deepEqual(await first, { type: 105, payload: 'a|b\n|next=1' });
  const second = exchange.ask(7, 'x');
  for (const byte of encodeFrame(207, 'bad-query no')) say(Buffer.from([byte]));
  assert.deepEqual(await second, { type: 207, payload: 'bad-query no' });
  assert.deepEqual(sent, [encodeFrame(5, Buffer.from([0xff])), encodeFrame(7, 'x')]);
});

test('an end without a reply is told, by the server’s own reason if it gave one', async () => {
  const silent = createFakeChannel();
  const unanswered = createRawExchange(silent.channel).ask(3, '');
  silent.say(undefined);
  await assert.rejects(unanswered, failsWith('disconnected'));

  const polite = createFakeChannel();
  const exchange = createRawExchange(polite.channel);
  polite.say(encodeFrame(300, 'taken-over somebody else'));
  polite.say(undefined);
  await assert.rejects(exchange.ask(3, ''), failsWith('taken-over'));
});

test('a server that breaks the protocol is found out', async () => {
  for (const bad of [encodeFrame(999, ''), encodeFrame(105, Buffer.from([0xff])), encodeFrame(400, 'x')]) {
    const { channel, say } = createFakeChannel();
    const reply = createRawExchange(channel).ask(5, '');
    say(bad);
    await assert.rejects(reply, failsWith('protocol-error'));
  }
});
