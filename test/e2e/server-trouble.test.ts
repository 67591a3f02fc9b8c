import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { createFakeServer, never } from '../support/fake-server.ts';
import { createNetwork, eventually, writeRandom } from './network.ts';

/** Well below the deadline of a reply, and of those who stop a service. */
const STOP_WITHIN_MS = 5_000;

describe('a peer whose server is in trouble', () => {
  it('gives its list again to a server that was restored from an older copy', async (t) => {
    const network = await createNetwork(t);
    const [data, copy] = [join(network.root, 'server'), join(network.root, 'copy')];
    await writeRandom(network.path('ada', 'files', 'old.bin'), 5000);
    await network.peer('ada');
    await network.peer('bob');
    const api = await network.api('bob');
    const browse = async () => (await api.call('browse', { peer: 'ada' })).rows;
    const pathsOf = async (): Promise<string[]> => (await browse().catch(() => [])).map(({ path }) => path);

    await network.server().stop();
    await cp(data, copy, { recursive: true });
    await network.restartServer();
    await writeRandom(network.path('ada', 'files', 'new.bin'), 5000);
    await eventually(pathsOf, ({ length }) => length === 2);

    await network.server().stop();
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await network.restartServer();
    const paths = await eventually(pathsOf, ({ length }) => length === 2);
    assert.deepEqual(paths, ['files/new.bin', 'files/old.bin']);
  });

  it('stops at once while it waits for the reply to a login', async (t) => {
    const network = await createNetwork(t);
    const ada = await network.peer('ada');
    await network.server().stop();
    const identity = await loadOrCreateIdentity(join(network.root, 'server', 'identity.pem'));
    const mute = { RESUME: never, LOGIN: never, REGISTER: never };
    const server = await createFakeServer(t, mute, { identity, port: Number(new URL(network.link).port) });
    await server.heard('RESUME');
    const begunMs = performance.now();
    assert.equal(await ada.stop(), 0);
    assert.ok(performance.now() - begunMs < STOP_WITHIN_MS);
  });
});
