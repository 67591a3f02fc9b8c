import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  contentRow,
  createFakePeerControl,
  downloadView,
  SHA1,
  type FakePeerControl,
} from '../../test/support/fake-peer-control.ts';
import { SwapmeetError, type ErrorCode } from '../domain/errors.ts';
import { createApiClient } from './client.ts';
import { startApiServer, type ApiServer } from './server.ts';

describe('the client of the local API', () => {
  let dataFolder: string;
  let control: FakePeerControl;
  let server: ApiServer;

  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'swapmeet-client-'));
    control = createFakePeerControl();
    server = await startApiServer({ control, dataFolder });
  });
  afterEach(async () => {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  function failsWith(code: ErrorCode): (error: unknown) => boolean {
    return (error) => error instanceof SwapmeetError && error.code === code;
  }

  async function writeAccess(access: object): Promise<void> {
    await writeFile(join(dataFolder, 'api.json'), JSON.stringify(access));
  }

  it('every call reaches the peer and its reply comes back', async () => {
    const client = await createApiClient({ dataFolder });
    control.contents = [contentRow({ path: 'a/ü & ?=#.txt' })];
    control.entries.set('..', [{ path: 'a/b.txt', sizeBytes: 1, sha1: SHA1 }]);
    control.peers_ = [{ username: '..', id: 'x', presence: 'offline', files: 1, sizeBytes: 1 }];
    control.states = [downloadView({ root: undefined })];
    assert.deepEqual(await client.call('status', {}), control.status_);
    assert.deepEqual(await client.call('shares', {}), { rows: [] });
    const found = await client.call('search', { query: 'ü &?#%', holders: 'all', facets: 'yes' });
    const facets = { types: [{ value: 'audio', count: 2 }], extensions: [] };
    assert.deepEqual(found, { rows: control.contents, total: 1, bounded: false, facets });
    assert.deepEqual(control.asked, { holders: 'all', facets: true });
    assert.deepEqual(await client.call('network', {}), control.network_);
    control.folders.set('../a', [{ kind: 'folder', name: 'ü', files: 1, sizeBytes: 2 }]);
    assert.deepEqual((await client.call('folder', { peer: '..', path: 'a' })).rows, control.folders.get('../a'));
    assert.deepEqual(await client.call('peers', { presence: 'offline' }), { rows: control.peers_ });
    assert.deepEqual(await client.call('peers', { presence: 'online' }), { rows: [] });
    assert.equal((await client.call('browse', { peer: '..', path: 'a', limit: 5 })).rows.length, 1);
    const request = { what: { peer: 'alice', path: 'a/ü.txt' }, folder: '/out' };
    assert.equal((await client.call('startDownload', request)).id, 'd1');
    assert.deepEqual(control.requests, [request]);
    assert.equal((await client.call('downloads', {})).rows.length, 1);
    assert.equal((await client.call('download', { id: 'd1' })).state, 'waiting');
  });

  it('pages follow one another', async () => {
    const client = await createApiClient({ dataFolder });
    control.contents = Array.from({ length: 5 }, (_, index) => contentRow({ path: `f/${index}` }));
    const first = await client.call('search', { query: '', limit: 3 });
    assert.equal(first.next, '3');
    const second = await client.call('search', { query: '', limit: 3, after: first.next });
    assert.deepEqual([second.rows.length, second.next], [2, undefined]);
  });

  it('the peer’s error comes back as itself', async () => {
    const client = await createApiClient({ dataFolder });
    await assert.rejects(client.call('browse', { peer: 'nobody' }), failsWith('not-found'));
    await assert.rejects(client.call('search', { query: 'x', limit: 0 }), failsWith('bad-argument'));
  });

  it('without a running peer the error says how to start one', async () => {
    await server.close();
    for (const file of [undefined, '', '{', '{"port":1}']) {
      if (file !== undefined) await writeFile(join(dataFolder, 'api.json'), file);
      await assert.rejects(
        createApiClient({ dataFolder }),
        (error) => failsWith('not-running')(error) && String(error).includes('swapmeet peer'),
      );
    }
  });

  it('what a killed peer left behind is not taken for a running one', async () => {
    await writeAccess({ port: server.port, token: 'x', pid: 2 ** 31 - 1 });
    await assert.rejects(createApiClient({ dataFolder }), failsWith('not-running'));
    const unused = createServer().listen(0, '127.0.0.1');
    await delay(10);
    const { port } = unused.address() as AddressInfo;
    unused.close();
    await writeAccess({ port, token: 'x', pid: process.pid });
    await assert.rejects((await createApiClient({ dataFolder })).call('status', {}), failsWith('not-running'));
  });

  it('whatever else answers at the port is not believed', async () => {
    const replies: readonly (readonly [number, string, ErrorCode])[] = [
      [200, '<html>', 'protocol-error'],
      [200, '{"username":1}', 'protocol-error'],
      [500, '{"error":{"code":"no-such-code","message":"x"}}', 'protocol-error'],
      [500, '', 'protocol-error'],
      [302, '', 'protocol-error'],
    ];
    let reply = replies[0];
    const other = createServer((_request, response) => {
      response.writeHead(reply?.[0] ?? 0, { location: 'http://127.0.0.1:1/' }).end(reply?.[1]);
    }).listen(0, '127.0.0.1');
    await delay(10);
    await writeAccess({ port: (other.address() as AddressInfo).port, token: 'x', pid: process.pid });
    const client = await createApiClient({ dataFolder });
    for (reply of replies) await assert.rejects(client.call('status', {}), failsWith(reply[2]), reply[1]);
    other.close();
  });

  it('a watched download gives its states and ends', async () => {
    const client = await createApiClient({ dataFolder });
    const error = { code: 'no-source', message: 'nobody has it' } as const;
    control.states = [downloadView({ error }), downloadView({ state: 'downloading' }), downloadView({ state: 'done' })];
    await client.call('startDownload', { what: { sha1: SHA1 } });
    const states = [];
    for await (const view of client.watch('watchDownload', { id: 'd1' }, new AbortController().signal))
      states.push(view.state);
    assert.deepEqual(states, ['waiting', 'downloading', 'done']);
    assert.equal(control.watchers, 0);
  });

  it('who stops watching leaves nothing behind', async () => {
    const client = await createApiClient({ dataFolder });
    control.states = [downloadView()];
    await client.call('startDownload', { what: { sha1: SHA1 } });
    const stop = new AbortController();
    for await (const view of client.watch('watchDownload', { id: 'd1' }, stop.signal)) {
      assert.equal(view.state, 'waiting');
      assert.equal(control.watchers, 1);
      stop.abort();
    }
    for await (const _view of client.watch('watchDownload', { id: 'd1' }, new AbortController().signal)) break;
    for (let waited = 0; control.watchers > 0 && waited < 2_000; waited += 10) await delay(10);
    assert.equal(control.watchers, 0);
  });

  it('a stream that fails later ends with its error', async () => {
    const client = await createApiClient({ dataFolder });
    control.watchDownload = async function* () {
      yield await Promise.resolve(downloadView());
      throw new SwapmeetError('disk-full', 'no room');
    };
    await client.call('startDownload', { what: { sha1: SHA1 } });
    const states: string[] = [];
    await assert.rejects(async () => {
      for await (const view of client.watch('watchDownload', { id: 'd1' }, new AbortController().signal))
        states.push(view.state);
    }, failsWith('disk-full'));
    assert.deepEqual(states, ['waiting']);
    await assert.rejects(
      client.watch('watchDownload', { id: 'none' }, new AbortController().signal)[Symbol.asyncIterator]().next(),
      failsWith('not-found'),
    );
  });

  it('closing ends streams at once and removes api.json', async () => {
    const client = await createApiClient({ dataFolder });
    control.states = [downloadView()];
    await client.call('startDownload', { what: { sha1: SHA1 } });
    const watching = client.watch('watchDownload', { id: 'd1' }, new AbortController().signal)[Symbol.asyncIterator]();
    await watching.next();
    const startedMs = performance.now();
    await server.close();
    assert.ok(performance.now() - startedMs < 2_000);
    assert.equal((await watching.next()).done, true);
    await assert.rejects(readFile(join(dataFolder, 'api.json')), { code: 'ENOENT' });
    await assert.rejects(client.call('status', {}), failsWith('not-running'));
  });

  it('api.json of a newer process stays', async () => {
    await writeAccess({ port: 1, token: 'other', pid: process.pid });
    await server.close();
    assert.match(await readFile(join(dataFolder, 'api.json'), 'utf8'), /other/);
  });
});
