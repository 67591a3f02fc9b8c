import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { start, temporaryFolder } from '../support/processes.ts';
import { createNetwork } from './network.ts';

/** From the start of the process to its end, with room for a machine that has much else to do. */
const ENDS_WITHIN_MS = 15_000;

/** Has a start fail, and the process end by itself; returns what it said. */
async function failedStart(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const beginMs = performance.now();
  const error = await start(args, env).then(
    async (running) => {
      await running.kill();
      return new Error('it started');
    },
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  assert.match(error.message, /ended with 1:/);
  assert.ok(performance.now() - beginMs < ENDS_WITHIN_MS, 'in time');
  return error.message;
}

async function takenAddress(t: TestContext): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a start that fails half-way', () => {
  it('ends the process of a peer, and leaves nothing in the way of the next', async (t) => {
    const network = await createNetwork(t);
    const peer = await network.peer('ada');
    await peer.stop();
    const data = network.data('ada');
    const inData = (name: string): string => network.path('ada', 'data', name);

    const taken = await takenAddress(t);
    const said = await failedStart(['peer', ...data, '--listen', taken]);
    assert.match(said, /another program .*--listen HOST:OTHERPORT \(unreachable\)/);

    await rm(inData('downloads.db'));
    await writeFile(inData('downloads.db'), 'no database, but long enough to be taken for one'.repeat(100));
    assert.match(await failedStart(['peer', ...data, '--listen', '127.0.0.1:0']), /downloads\.db.*\(disk-error\)/);
    await rm(inData('downloads.db'));

    await mkdir(join(inData('api.json'), 'in-the-way'), { recursive: true });
    assert.match(await failedStart(['peer', ...data]), /\(disk-error\)/);
    await rm(inData('api.json'), { recursive: true });

    await rm(inData('shares.db'));
    await mkdir(inData('shares.db'));
    assert.match(await failedStart(['peer', ...data]), /shares\.db.*\(disk-error\)/);
    await rm(inData('shares.db'), { recursive: true });

    await network.again('ada');
  });

  it('changes no settings of a peer', async (t) => {
    const network = await createNetwork(t);
    await (await network.peer('ada')).stop();
    const settings = network.path('ada', 'data', 'peer.json');
    const before = await readFile(settings, 'utf8');
    const files = network.path('ada', 'files');
    await writeFile(join(files, 'a'), 'a file');
    await mkdir(network.path('elsewhere'));
    const cases: [string[], RegExp][] = [
      [['--share', files, '--share', files], /label/],
      [['--share', network.path('ada', 'data')], /private key/],
      [['--share', network.path('typo')], /typo is not there, or is no folder.*\(not-found\)/],
      [['--share', files, '--share', join(files, 'a')], /files\/a is not there, or is no folder/],
      [['--share', network.path('elsewhere'), '--listen', await takenAddress(t)], /another program/],
    ];
    for (const [args, expected] of cases) {
      assert.match(await failedStart(['peer', ...network.data('ada'), ...args]), expected);
      assert.equal(await readFile(settings, 'utf8'), before);
    }
    const said = await failedStart(['peer', ...network.data('ada')], { SWAPMEET_PASSWORD: 'another' });
    assert.match(said, /another password.*\(bad-argument\)/);
    assert.equal(await readFile(settings, 'utf8'), before);
    const { password } = JSON.parse(before) as { password: string };
    network.track(await start(['peer', ...network.data('ada')], { SWAPMEET_PASSWORD: password }));
  });

  it('ends the process of a server', async (t) => {
    const { path: root, remove } = await temporaryFolder('e2e');
    t.after(remove);
    const taken = await takenAddress(t);
    const args = (name: string): string[] => ['server', '--data', join(root, name), '--listen', '127.0.0.1:0'];

    const said = await failedStart(['server', '--data', join(root, 'a'), '--listen', taken]);
    assert.match(said, /another program .*--listen HOST:OTHERPORT \(unreachable\)/);

    await mkdir(join(root, 'b'));
    await writeFile(join(root, 'b', 'catalog.db'), 'no database, but long enough to be taken for one'.repeat(100));
    assert.match(await failedStart(args('b')), /\(disk-error\)/);

    await mkdir(join(root, 'c', 'identity.pem'), { recursive: true });
    assert.match(await failedStart(args('c')), /\(disk-error\)/);

    await mkdir(join(root, 'd'));
    await writeFile(join(root, 'd', 'invite'), '?');
    assert.match(await failedStart(args('d')), /\(disk-error\)/);
  });

  it('ends both where a server and a peer run in one process, and names the right option', async (t) => {
    const { path: root, remove } = await temporaryFolder('e2e');
    t.after(remove);
    const up = ['up', '--data', root, '--name', 'ada'];
    const taken = await takenAddress(t);
    const ofPeer = await failedStart([...up, '--listen', '127.0.0.1:0', '--peer-listen', taken]);
    assert.match(ofPeer, /--peer-listen HOST:OTHERPORT/);
    const ofServer = await failedStart([...up, '--listen', taken, '--peer-listen', '127.0.0.1:0']);
    assert.match(ofServer, /give --listen HOST:OTHERPORT/);
  });
});
