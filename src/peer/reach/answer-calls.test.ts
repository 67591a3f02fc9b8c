import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import { generateIdentity } from '../../transport/identity.ts';
import { createCallAnswerer } from './answer-calls.ts';

const HOST = '127.0.0.1';

/** Takes connections, and says nothing on them. */
async function mutePeer(t: TestContext) {
  const open: Socket[] = [];
  const first = Promise.withResolvers<undefined>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    open.push(socket);
    first.resolve(undefined);
  }).listen(0, HOST);
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  return { address: { host: HOST, port: (server.address() as AddressInfo).port }, open, called: first.promise };
}

describe('who is called', () => {
  it('answers others beside one that calls again and again and then says nothing', async (t) => {
    const { close, answer } = createCallAnswerer({
      identity: await generateIdentity(),
      server: { host: HOST, port: 1, key: 'f'.repeat(64) },
      accept: () => {
        assert.fail('nobody proved to be who was to be met');
      },
      log: pino({ level: 'silent' }),
    });
    t.after(close);
    const [pest, other] = await Promise.all([mutePeer(t), mutePeer(t)]);
    for (let calls = 0; calls < 100; calls += 1) {
      answer({ token: 't'.repeat(16), way: 'dial', key: 'a'.repeat(64), address: pest.address });
    }
    answer({ token: 't'.repeat(16), way: 'dial', key: 'b'.repeat(64), address: other.address });
    await other.called;
    assert.ok(pest.open.length <= 8, `${pest.open.length} connections`);
  });
});
