import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createChannel, flowingSource, type Channel } from './channel.ts';

const MIB = 1024 * 1024;
/** More than the buffers of both systems take between them. */
const LARGE_BYTES = 64 * MIB;

/** The accepted end of a connection as a channel, and the socket at its other end, which reads nothing yet. */
async function createPair(t: TestContext): Promise<{ channel: Channel; reader: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const reader = connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 });
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(reader, 'connect')])) as [[Socket], unknown];
  const channel = createChannel(socket, flowingSource(socket), { address: '127.0.0.1', port: 1 }, undefined);
  reader.on('error', () => undefined);
  t.after(() => {
    reader.destroy();
    channel.destroy();
    server.close();
  });
  return { channel, reader };
}

/** Reads until so many bytes have come since the beginning. */
async function readUpTo(reader: Socket, bytes: number): Promise<void> {
  while (reader.bytesRead - reader.readableLength < bytes) {
    if (reader.read() === null) await once(reader, 'readable');
  }
  // What made room for these has been noticed by then.
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

describe('a channel that writes', () => {
  it('goes on while the other side reads slowly, however long that takes', async (t) => {
    const { channel, reader } = await createPair(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const written = channel.write(Buffer.alloc(LARGE_BYTES));
    for (let bytes = 16 * MIB; bytes <= LARGE_BYTES; bytes += 16 * MIB) {
      await readUpTo(reader, bytes);
      t.mock.timers.tick(50_000);
    }
    await written;
  });

  it('closes when the other side stops reading', async (t) => {
    const { channel, reader } = await createPair(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const written = assert.rejects(channel.write(Buffer.alloc(LARGE_BYTES)), { code: 'timeout' });
    await readUpTo(reader, MIB);
    t.mock.timers.tick(60_000);
    await written;
    await channel.closed;
  });

  it('sends what is written during a long write after it, and ends after both', async (t) => {
    const { channel, reader } = await createPair(t);
    const writes = Promise.all([channel.write(Buffer.alloc(LARGE_BYTES)), channel.write(Buffer.from('farewell'))]);
    channel.end();
    let last = '';
    reader.on('data', (chunk: Buffer) => {
      last = `${last}${chunk.toString('latin1', chunk.length - 8)}`.slice(-8);
    });
    await Promise.all([writes, once(reader, 'end')]);
    assert.equal(reader.bytesRead, LARGE_BYTES + 8);
    assert.equal(last, 'farewell');
  });
});
