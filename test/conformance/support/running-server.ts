import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { openSqliteCatalog } from '../../../src/catalog/sqlite/sqlite-catalog.ts';
import { createPasswords } from '../../../src/server/passwords.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../../src/server/server.ts';
import { generateIdentity, type Identity } from '../../../src/transport/identity.ts';
import { listen } from '../../../src/transport/listener.ts';
import { openPlaintext, openTls, type RawClient } from './raw-client.ts';

export const INVITE = 'invite-of-the-tests';

/** A real server in this process, on a catalog in a folder of its own, at a clock that the test sets. */
export type TestServer = {
  readonly port: number;
  readonly identity: Identity;
  readonly clock: { nowMs: number };
  /** Log lines so far, as pino wrote them. */
  readonly logLines: readonly string[];
  open(kind: Transport, identity?: Identity): Promise<RawClient>;
  /** Stops the server and starts it again on the same catalog. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export const TRANSPORTS = ['TLS', 'plaintext'] as const;
export type Transport = (typeof TRANSPORTS)[number];

// A cheaper hash: the cost is tested beside its code, and hundreds of logins happen here.
const COST_LOG2 = 8;

export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-server-'));
  const identity = await generateIdentity();
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const passwords = createPasswords({ costLog2: COST_LOG2 });

  async function start(): Promise<Pick<RunningServer, 'port' | 'close'>> {
    const catalog = await openSqliteCatalog({ folder });
    const { port, close } = await startServer(
      { host: '127.0.0.1', port: 0, registration: 'invite', plaintext: true, dialBackWaitMs: 500, ...options },
      {
        catalog,
        standingFile: join(folder, 'standing.db'),
        identity,
        invite: INVITE,
        log,
        now: () => clock.nowMs,
        steadyNow: () => clock.nowMs,
        passwords,
      },
    );
    return {
      port,
      close: async () => {
        await close();
        await catalog.close();
      },
    };
  }

  let server = await start();
  return {
    get port() {
      return server.port;
    },
    identity,
    clock,
    logLines,
    open: (kind, client) => (kind === 'TLS' ? openTls(server.port, client) : openPlaintext(server.port)),
    async restart() {
      await server.close();
      server = await start();
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port that a peer with this identity (or, for plaintext, anybody) answers on. */
export type TestDoor = { readonly port: number; close(): Promise<unknown> };

export async function openDoor(kind: Transport, identity: Identity, port = 0): Promise<TestDoor> {
  if (kind === 'TLS') return listen({ host: '127.0.0.1', port, identity, onChannel: () => undefined });
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
