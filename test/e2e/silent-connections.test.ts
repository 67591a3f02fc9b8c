import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { runJson } from '../support/processes.ts';
import { createNetwork } from './network.ts';

const CONNECTIONS = 10_000;
const HELD_MEGABYTES_MAX = 150;
/** The server’s deadline for the first byte is 10 s; a busy machine needs its time for so many. */
const CLOSED_WITHIN_MS = 60_000;

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
}

type Silent = { readonly socket: Socket; readonly connected: Promise<unknown>; readonly closed: Promise<unknown> };

function openSilent(port: number, host: string): Silent {
  const socket = connect(port, host);
  const connected = once(socket, 'connect');
  socket.on('error', () => undefined);
  return { socket, connected, closed: new Promise((resolve) => socket.once('close', resolve)) };
}

describe('connections that send nothing', () => {
  it(
    'are cheap, are closed by deadline, and nobody else notices',
    { skip: process.platform !== 'linux' && 'reads /proc' },
    async (t) => {
      const network = await createNetwork(t);
      await network.peer('ada');
      const { hostname, port } = new URL(`http://${new URL(network.link).host}`);
      const before = await residentMegabytes(network.server().pid);
      const silent = Array.from({ length: CONNECTIONS }, () => openSilent(Number(port), hostname));
      t.after(() => {
        for (const { socket } of silent) socket.destroy();
      });
      await Promise.all(silent.map(({ connected }) => connected));
      // The server accepts in order: when it has refused a later one, for its first byte, it holds all of these.
      const later = openSilent(Number(port), hostname);
      later.socket.write('no TLS');
      await later.closed;
      const peers = await runJson<{ presence: string }>(['peers', ...network.data('ada')]);
      assert.deepEqual(
        peers.map(({ presence }) => presence),
        ['online'],
      );
      // On a busy machine the first ones have met their deadline by now.
      const open = silent.filter(({ socket }) => !socket.destroyed).length;
      assert.ok(open > 0, 'all were closed before the measurement');
      const held = (((await residentMegabytes(network.server().pid)) - before) * CONNECTIONS) / open;
      t.diagnostic(`${CONNECTIONS} silent connections cost the server ${held.toFixed(0)} MB, by ${open} of them`);
      assert.ok(held < HELD_MEGABYTES_MAX, `${held} MB`);

      const deadline = new Promise<never>((_resolve, reject) => {
        setTimeout(reject, CLOSED_WITHIN_MS, new Error('some are still open')).unref();
      });
      await Promise.race([Promise.all(silent.map(({ closed }) => closed)), deadline]);
      assert.equal((await runJson(['peers', '--online', ...network.data('ada')])).length, 1);
    },
  );
});
