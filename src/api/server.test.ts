import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  contentRow,
  createFakePeerControl,
  downloadView,
  type FakePeerControl,
} from '../../test/support/fake-peer-control.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { readApiAccess, type ApiAccess } from './api-file.ts';
import { startApiServer, type ApiServer } from './server.ts';

describe('the server of the local API', () => {
  let dataFolder: string;
  let control: FakePeerControl;
  let server: ApiServer;
  let access: ApiAccess;

  before(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'swapmeet-api-'));
    control = createFakePeerControl();
    server = await startApiServer({ control, dataFolder });
    access = await readApiAccess(dataFolder);
  });
  beforeEach(() => {
    control.fault = undefined;
    control.contents = [contentRow()];
  });
  after(async () => {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  type Reply = { readonly status: number; readonly body: string };
  type Given = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string };

  /** Plain HTTP with the token and whatever headers the test wants, which `fetch` would not all send. */
  function ask(path: string, { method = 'GET', headers = {}, body = '' }: Given = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: access.port,
          path,
          method,
          headers: { authorization: `Bearer ${access.token}`, ...headers },
        },
        (response) => {
          response.setEncoding('utf8');
          let text = '';
          response.on('data', (chunk: string) => (text += chunk));
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, body: text });
          });
        },
      );
      request.once('error', reject);
      request.end(body);
    });
  }

  function codeOf({ body }: Reply): unknown {
    const { error } = JSON.parse(body) as { error: { code: unknown; message: unknown } };
    assert.equal(typeof error.message, 'string');
    return error.code;
  }

  it('api.json names port, token and process, and only its owner may read it', async () => {
    const text = await readFile(join(dataFolder, 'api.json'), 'utf8');
    assert.deepEqual(JSON.parse(text), { port: server.port, token: access.token, pid: process.pid });
    assert.ok(access.token.length >= 43);
    if (process.platform !== 'win32') assert.equal((await stat(join(dataFolder, 'api.json'))).mode & 0o777, 0o600);
  });

  it('no call without the token', async () => {
    for (const authorization of ['', 'Bearer ', 'Bearer x', `Bearer ${access.token}x`, `Basic ${access.token}`]) {
      for (const path of ['/v1/status', '/nowhere', '/']) {
        const reply = await ask(path, { headers: { authorization } });
        assert.equal(reply.status, 401, authorization);
        assert.equal(codeOf(reply), 'unauthorized');
      }
    }
    assert.equal((await ask('/v1/status')).status, 200);
  });

  it('only loopback names with the port are taken as Host', async () => {
    const { port } = access;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      assert.equal((await ask('/v1/status', { headers: { host } })).status, 200, host);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost',
      `localhost:${port + 1}`,
      `127.0.0.1.evil:${port}`,
    ]) {
      const reply = await ask('/v1/status', { headers: { host } });
      assert.equal(reply.status, 403, host);
      assert.equal(codeOf(reply), 'forbidden');
    }
  });

  it('pages of other origins are refused, and nothing is told about CORS', async () => {
    const { port } = access;
    assert.equal((await ask('/v1/status', { headers: { origin: `http://localhost:${port}` } })).status, 200);
    for (const origin of ['null', 'http://evil.example', `https://localhost:${port}`, 'http://localhost']) {
      assert.equal((await ask('/v1/status', { headers: { origin } })).status, 403, origin);
    }
    const preflight = await ask('/v1/downloads', { method: 'OPTIONS', headers: { origin: 'http://evil.example' } });
    assert.equal(preflight.status, 403);
  });

  it('what is not of the form is a bad argument that names the field', async () => {
    const bad = [
      '/v1/search',
      '/v1/search?query=a&limit=0',
      '/v1/search?query=a&limit=x',
      '/v1/search?query=a&query=b',
    ];
    const worse = [
      '/v1/search?query=a&limit=1.5',
      '/v1/search?query=a&more=1',
      '/v1/peers?presence=away',
      '/v1/browse?peer=',
      '/%zz',
    ];
    for (const path of [...bad, ...worse]) {
      const reply = await ask(path);
      assert.equal(reply.status, 400, path);
      assert.equal(codeOf(reply), 'bad-argument');
    }
    assert.match((await ask('/v1/search?query=a&limit=0')).body, /limit/);
  });

  it('bodies are bounded, JSON and of the form', async () => {
    const json = { 'content-type': 'application/json' };
    const bodies: readonly (readonly [string, Record<string, string>, number, string])[] = [
      ['{', json, 400, 'bad-argument'],
      ['', json, 400, 'bad-argument'],
      ['[]', json, 400, 'bad-argument'],
      ['"what"', json, 400, 'bad-argument'],
      ['{"what":{"sha1":"x"}}', json, 400, 'bad-argument'],
      ['{"what":{"peer":"a","path":"b","sha1":"c"}}', json, 400, 'bad-argument'],
      ['{"__proto__":{}}', json, 400, 'bad-argument'],
      ['what=1', { 'content-type': 'application/x-www-form-urlencoded' }, 400, 'bad-argument'],
      [`{"what":"${'x'.repeat(70_000)}"}`, json, 413, 'too-large'],
    ];
    for (const [body, headers, status, code] of bodies) {
      const reply = await ask('/v1/downloads', { method: 'POST', headers, body });
      assert.equal(reply.status, status, body.slice(0, 40));
      assert.equal(codeOf(reply), code);
    }
    assert.equal(control.requests.length, 0);
  });

  it('what is not there is not found', async () => {
    for (const [method, path] of [
      ['GET', '/v2/status'],
      ['DELETE', '/v1/status'],
      ['GET', '/v1/downloads/none'],
      ['GET', '/v1/downloads/none/events'],
    ] as const) {
      const reply = await ask(path, { method });
      assert.equal(reply.status, 404, path);
      assert.equal(codeOf(reply), 'not-found');
    }
  });

  it('a failure of the peer keeps its code; a fault in it is internal', async () => {
    control.fault = new SwapmeetError('disconnected', 'the link is down');
    const down = await ask('/v1/search?query=a');
    assert.equal(down.status, 502);
    assert.equal(codeOf(down), 'disconnected');
    control.fault = new TypeError('oops');
    const fault = await ask('/v1/search?query=a');
    assert.equal(fault.status, 500);
    assert.equal(codeOf(fault), 'internal');
  });

  it('the longest path and cursor fit into a request', async () => {
    const long = encodeURIComponent('é'.repeat(2_048));
    const reply = await ask(`/v1/browse?peer=nobody&path=${long}&after=${long}`);
    assert.equal(codeOf(reply), 'not-found');
  });

  it('a stream is a JSON object a line', async () => {
    control.states = [downloadView(), downloadView({ state: 'done', verifiedBytes: 1_000 })];
    control.downloads_.push(downloadView());
    const { status, body } = await ask('/v1/downloads/d1/events');
    assert.equal(status, 200);
    const states = body
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { state: string }).state);
    assert.deepEqual(states, ['waiting', 'done']);
  });
});
