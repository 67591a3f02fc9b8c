import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  attribute,
  BROWSE_PEER,
  enter,
  expectKo,
  expectOk,
  LIST_COMMIT,
  LIST_DELTA,
  LIST_PART,
  LIST_STATE,
  LOGIN,
  OTHER_SHA1,
  PASSWORD,
  REGISTER_UPDATE,
  ROOT,
  SHA1,
  SHOW_PEERS,
} from './support/account.ts';
import { frame, type RawClient } from './support/raw-client.ts';
import { startTestServer, TRANSPORTS, type TestServer } from './support/running-server.ts';

const A = `m/a%25.flac|1.5|${SHA1}|${ROOT}`;
const B = `m/b.flac|2|${OTHER_SHA1}`;
const LIST_PART_BYTES_MAX = 1_048_576;

for (const transport of TRANSPORTS) {
  describe(`lists in parts and their changes over ${transport}`, () => {
    let server: TestServer;
    let client: RawClient;
    let id: string;

    before(async () => {
      server = await startTestServer();
      client = await server.open(transport);
      id = await enter(client, 'alice', B);
    });
    after(async () => {
      client.destroy();
      await server.close();
    });

    async function state(): Promise<string[]> {
      return expectOk(await client.ask(LIST_STATE, id), LIST_STATE);
    }
    async function files(): Promise<string[]> {
      return expectOk(await client.ask(BROWSE_PEER, id), BROWSE_PEER);
    }
    async function part(number: number, lines: string, token = 'token'): Promise<void> {
      const reply = await client.ask(LIST_PART, `${token}\n${number}\n${lines}`);
      assert.deepEqual(expectOk(reply, LIST_PART), [String(number)]);
    }
    async function delta(lines: string): Promise<string[]> {
      const [revision = ''] = await state();
      return expectOk(await client.ask(LIST_DELTA, `${revision}\n${lines}`), LIST_DELTA);
    }

    it('LIST_STATE tells the revision of who is logged in here', async () => {
      const lines = await state();
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /^[!-~]{1,64}$/);
      assert.deepEqual(await state(), lines);
      expectKo(await client.ask(LIST_STATE, 'ffffffffffffffffffff'), LIST_STATE, 'foreign-id');
    });

    it('LIST_PART keeps parts beside the list, LIST_COMMIT has them take its place', async () => {
      const [before] = await state();
      await part(1, `${A}\n`);
      await part(2, `${B}\n|mood=good`);
      await part(1, 'this is not looked at');
      const staged = await state();
      assert.equal(staged[0], before);
      assert.equal(attribute(staged, 'upload'), 'token');
      assert.equal(attribute(staged, 'parts'), '2');
      assert.deepEqual(await files(), [B]);
      expectKo(await client.ask(LIST_PART, `token\n4\n${A}`), LIST_PART, 'wrong-part');
      expectKo(await client.ask(LIST_PART, `other\n2\n${A}`), LIST_PART, 'wrong-part');
      expectKo(await client.ask(LIST_COMMIT, 'token\n1'), LIST_COMMIT, 'wrong-part');
      expectKo(await client.ask(LIST_COMMIT, 'other\n2'), LIST_COMMIT, 'unknown-list');
      const revision = expectOk(await client.ask(LIST_COMMIT, 'token\n2'), LIST_COMMIT);
      assert.notEqual(revision[0], before);
      assert.deepEqual(await state(), revision);
      assert.deepEqual(await files(), [A, B]);
      expectKo(await client.ask(LIST_COMMIT, 'token\n2'), LIST_COMMIT, 'unknown-list');
    });

    it('LIST_DELTA changes the list of a revision, all or nothing', async () => {
      const [before = ''] = await state();
      const [revision] = await delta(`-m/b.flac\n+m/c.flac|3|${SHA1}\n+m/a%25.flac|9|${SHA1}\n-never/there`);
      assert.deepEqual(await state(), [revision]);
      assert.deepEqual(await files(), [`m/a%25.flac|9|${SHA1}`, `m/c.flac|3|${SHA1}`]);
      expectKo(await client.ask(LIST_DELTA, `${before}\n-m/c.flac`), LIST_DELTA, 'wrong-revision');
      const bad = await client.ask(LIST_DELTA, `${revision ?? ''}\n-m/c.flac\nm/d.flac|1|${SHA1}`);
      assert.match(expectKo(bad, LIST_DELTA, 'bad-line'), /line 2\b/);
      assert.equal((await files()).length, 2);
      const [peer] = expectOk(await client.ask(SHOW_PEERS, 'online'), SHOW_PEERS);
      assert.match(peer ?? '', /\|online\|2\|12$/);
      assert.notEqual((await delta(''))[0], revision);
    });

    it('LIST_PART refuses a part with a line that does not parse, and counts within the part', async () => {
      await part(1, A, 'third');
      const bad = await client.ask(LIST_PART, `third\n2\n${A}\n${B}\nm/c|1`);
      assert.match(expectKo(bad, LIST_PART, 'bad-line'), /line 3\b/);
      assert.equal(attribute(await state(), 'parts'), '1');
      for (const payload of ['third', 'third\n0\n', 'third\nx\n', 'a token\n1\n', `${'t'.repeat(65)}\n1\n`]) {
        expectKo(await client.ask(LIST_PART, payload), LIST_PART, 'bad-request');
      }
    });

    it('parts outlive the connection and the server', async () => {
      const before = await state();
      client.destroy();
      await server.restart();
      client = await server.open(transport);
      expectOk(await client.ask(LOGIN, `alice\n${PASSWORD}\n${id}\n|port=1`), LOGIN);
      assert.deepEqual(await state(), before);
      await part(2, B, 'third');
      expectOk(await client.ask(LIST_COMMIT, 'third\n2'), LIST_COMMIT);
      assert.deepEqual(await files(), [A, B]);
    });

    it('REGISTER_UPDATE makes another revision, and drops what was on its way', async () => {
      await part(1, A, 'fourth');
      const [before] = await state();
      expectOk(await client.ask(REGISTER_UPDATE, `alice\n${PASSWORD}\n${id}\n${A}`), REGISTER_UPDATE);
      const now = await state();
      assert.notEqual(now[0], before);
      assert.equal(now.length, 1);
      expectKo(await client.ask(LIST_COMMIT, 'fourth\n1'), LIST_COMMIT, 'unknown-list');
    });

    it('a full part is taken, a longer one is not', async () => {
      const line = `m/${'x'.repeat(200)}|1|${SHA1}\n`;
      const head = 'fifth\n1\n';
      const lines = line.repeat(Math.floor((LIST_PART_BYTES_MAX - head.length) / line.length));
      await part(1, lines, 'fifth');
      client.send(frame(LIST_PART, 'x'.repeat(LIST_PART_BYTES_MAX + 1)).subarray(0, 6));
      expectKo(await client.next(), LIST_PART, 'too-large');
      await client.ended;
    });
  });
}
