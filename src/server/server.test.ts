import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { openSqliteCatalog } from '../catalog/sqlite/sqlite-catalog.ts';
import { encodeFrame } from '../protocol/frame.ts';
import { messageOf } from '../protocol/messages.ts';
import { generateIdentity } from '../transport/identity.ts';
import { startServer } from './server.ts';

test('a request that never finishes does not keep the server from stopping', { timeout: 30_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-stop-'));
  const catalog = await openSqliteCatalog({ folder });
  t.after(async () => {
    await catalog.close();
    await rm(folder, { recursive: true, force: true });
  });
  const asked = Promise.withResolvers<undefined>();
  const findByUsername = (): Promise<undefined> => {
    asked.resolve(undefined);
    return new Promise(() => undefined);
  };
  const server = await startServer(
    { host: '127.0.0.1', port: 0, registration: 'open', plaintext: true, finishMs: 100 },
    {
      catalog: { ...catalog, findByUsername },
      standingFile: join(folder, 'standing.db'),
      identity: await generateIdentity(),
      invite: '',
      log: pino({ level: 'silent' }),
      now: () => 0,
    },
  );
  const { code, request } = messageOf('LOGIN');
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
  socket.resume().write(encodeFrame(code, request.encode({ username: 'ann', password: 'secret', id: 'a' })));
  await asked.promise;
  const startMs = performance.now();
  await server.close();
  assert.ok(performance.now() - startMs < 5_000);
});
