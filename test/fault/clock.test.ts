import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { LIMITS_DEFAULT } from '../../src/peer/limits/limit-settings.ts';
import type { PeerControl } from '../../src/peer/control.ts';
import { startPeer } from '../../src/peer/peer.ts';
import { createPasswords } from '../../src/server/passwords.ts';
import { startServer } from '../../src/server/server.ts';
import { generateIdentity } from '../../src/transport/identity.ts';
import { eventually, writeRandom } from '../e2e/network.ts';
import { seededRandom } from '../support/seeded-random.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SIZE_BYTES = 300_000;
const ROUNDS = 6;
const COST_LOG2 = 8;

/** A clock that can be set. */
function createClock() {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    set: (byMs: number) => {
      aheadMs += byMs;
    },
  };
}

async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'swapmeet-clock-'));
  const log = pino({ level: 'silent' });
  const catalog = await openSqliteCatalog({ folder: join(root, 'server') });
  const clocks = { server: createClock(), ada: createClock(), bob: createClock() };
  const server = await startServer(
    { host: '127.0.0.1', port: 0, registration: 'open' },
    {
      catalog,
      standingFile: join(root, 'standing.db'),
      identity: await generateIdentity(),
      invite: '',
      log,
      now: clocks.server.now,
      passwords: createPasswords({ costLog2: COST_LOG2 }),
    },
  );
  const endings = [() => catalog.close(), () => server.close()];
  t.after(async () => {
    for (const end of endings.reverse()) await end();
    await rm(root, { recursive: true, force: true });
  });

  async function peer(username: 'ada' | 'bob'): Promise<PeerControl> {
    const dataFolder = join(root, username, 'data');
    const settings = {
      server: { host: '127.0.0.1', port: server.port, key: server.key },
      username,
      password: 'secret',
      listen: { host: '127.0.0.1', port: 0 },
      shares: [{ label: 'files', folder: join(root, username, 'files') }],
      exclude: [],
      include: [],
      limits: LIMITS_DEFAULT,
      friends: [],
      downloadsFolder: join(root, username, 'downloads'),
    };
    await mkdir(dataFolder, { recursive: true });
    const { now } = clocks[username];
    const running = await startPeer({ dataFolder, settings, portMapping: false, log, now });
    endings.push(() => running.close());
    await running.ready;
    return running.control;
  }
  return { root, clocks, server, catalog, peer };
}

test('clocks that jump, of the server or of a peer, stop nothing', { timeout: 60_000 }, async (t) => {
  const random = seededRandom(t);
  const { root, clocks, catalog, peer } = await setUp(t);
  const files = await Promise.all(
    Array.from({ length: ROUNDS }, (_, at) => writeRandom(join(root, 'ada', 'files', `${at}.bin`), SIZE_BYTES)),
  );
  await writeRandom(join(root, 'bob', 'files', 'own.bin'), 1);
  await peer('ada');
  const bob = await peer('bob');
  for (const [at, bytes] of files.entries()) {
    const who = (['server', 'ada', 'bob'] as const)[at % 3] ?? 'server';
    const byMs = Math.round((random() * 2 - 1) * 400 * DAY_MS);
    t.diagnostic(`the clock of ${who} is set by ${(byMs / DAY_MS).toFixed(1)} days`);
    clocks[who].set(byMs);
    await eventually(
      () => bob.peers('online', {}),
      ({ rows }) => rows.length === 2,
    );
    const view = await bob.startDownload({ what: { peer: 'ada', path: `files/${at}.bin` } });
    for await (const { state } of bob.watchDownload(view.id, AbortSignal.timeout(20_000))) {
      assert.notEqual(state, 'failed');
    }
    assert.deepEqual(await readFile(join(root, 'bob', 'downloads', `${at}.bin`)), bytes);
    assert.deepEqual(await catalog.expire(clocks.server.now()), []);
  }
});
