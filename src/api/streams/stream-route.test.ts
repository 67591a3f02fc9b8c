import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createFakePeerControl, downloadView, ROOT } from '../../../test/support/fake-peer-control.ts';
import { createApiClient } from '../client.ts';
import { startApiServer, type ApiServer } from '../server.ts';

type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

describe('the address of a stream', () => {
  const control = createFakePeerControl();
  let dataFolder: string;
  let server: ApiServer;

  before(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'swapmeet-streams-'));
    server = await startApiServer({ control, dataFolder });
    control.streams.set('film', { name: 'a lake’s.mkv', bytes: Buffer.from('0123456789') });
    control.streams.set('page', { name: 'x.html', bytes: Buffer.from('<script>') });
  });
  after(async () => {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  /** Without any token. */
  function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: server.port, path, method, headers };
      const request = httpRequest(options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      request.once('error', reject);
      request.end();
    });
  }

  it('is what the peer says it is, whatever the length of the name', async () => {
    const client = await createApiClient({ dataFolder });
    const name = `${'é'.repeat(120)}.mkv`;
    control.downloads_.push(downloadView({ id: 'long', name }));
    control.streams.set('token-long', { name, bytes: Buffer.from('abc') });
    const { path } = await client.call('giveStream', { id: 'long' });
    assert.equal((await ask(path)).body, 'abc');
    assert.equal(client.address, `http://127.0.0.1:${server.port}`);
  });

  it('gives the file, without a token, and as nothing that runs', async () => {
    const { status, headers, body } = await ask('/stream/film/a');
    assert.equal(status, 200);
    assert.equal(body, '0123456789');
    assert.equal(headers['content-type'], 'video/x-matroska');
    assert.equal(headers['content-length'], '10');
    assert.equal(headers.etag, `"${ROOT}"`);
    assert.equal(headers['accept-ranges'], 'bytes');
    assert.equal(headers['content-disposition'], "inline; filename*=UTF-8''a%20lake%E2%80%99s.mkv");
    const page = await ask('/stream/page/x.html');
    assert.equal(page.headers['content-type'], 'application/octet-stream');
    assert.match(page.headers['content-disposition'] ?? '', /^attachment/);
    for (const reply of [headers, page.headers]) {
      assert.equal(reply['x-content-type-options'], 'nosniff');
      assert.match(String(reply['content-security-policy']), /^sandbox; default-src 'none'/);
      assert.equal(reply['access-control-allow-origin'], undefined);
      assert.equal(reply['set-cookie'], undefined);
    }
  });

  it('gives parts', async () => {
    const part = await ask('/stream/film/a', { range: 'bytes=2-4' });
    assert.equal(part.status, 206);
    assert.equal(part.body, '234');
    assert.equal(part.headers['content-range'], 'bytes 2-4/10');
    const beyond = await ask('/stream/film/a', { range: 'bytes=10-' });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers['content-range'], 'bytes */10');
    const same = await ask('/stream/film/a', { range: 'bytes=9-', 'if-range': `"${ROOT}"` });
    assert.equal(same.body, '9');
    const other = await ask('/stream/film/a', { range: 'bytes=9-', 'if-range': '"other"' });
    assert.equal(other.status, 200);
    assert.equal(other.body, '0123456789');
  });

  it('answers HEAD', async () => {
    const { status, headers, body } = await ask('/stream/film/a', {}, 'HEAD');
    assert.equal(status, 200);
    assert.equal(headers['content-length'], '10');
    assert.equal(body, '');
    assert.equal((await ask('/stream/film/a', { range: 'bytes=-1' }, 'HEAD')).status, 206);
  });

  it('is good for nobody who does not know it, for no page elsewhere, and for nothing else', async () => {
    assert.equal((await ask('/stream/other/a')).status, 404);
    assert.equal((await ask('/stream/film/a', { host: 'evil.example' })).status, 403);
    assert.equal((await ask('/stream/film/a', { origin: 'http://evil.example' })).status, 403);
    assert.equal((await ask('/stream/film/a', {}, 'POST')).status, 401);
    assert.equal((await ask('/v1/status')).status, 401);
    assert.equal((await ask('/stream')).status, 401);
  });
});
