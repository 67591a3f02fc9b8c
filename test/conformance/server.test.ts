import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import {
  attribute,
  BROWSE_PEER,
  enter,
  expectKo,
  expectOk,
  FIND,
  KEEP_ALIVE,
  LIST_COMMIT,
  LIST_DELTA,
  LIST_PART,
  LIST_STATE,
  login,
  LOGIN,
  LOGOUT,
  OTHER_SHA1,
  PASSWORD,
  presenceOf,
  REGISTER,
  register,
  REGISTER_UPDATE,
  ROOT,
  SEARCH,
  SHA1,
  SHOW_PEERS,
  SOURCES,
} from './support/account.ts';
import type { RawClient } from './support/raw-client.ts';
import {
  INVITE,
  openDoor,
  startTestServer,
  TRANSPORTS,
  type TestDoor,
  type TestServer,
} from './support/running-server.ts';

const FILES = `music/a%7Cb 100%25.flac|1.234567|${SHA1}|${ROOT}\nmusic/naïve 🎵.mp3|0|${OTHER_SHA1}`;

for (const transport of TRANSPORTS) {
  describe(`the core requests over ${transport}`, () => {
    let server: TestServer;
    let identity: Identity;
    let door: TestDoor;
    let client: RawClient;
    let id: string;

    before(async () => {
      server = await startTestServer();
      identity = await generateIdentity();
      door = await openDoor(transport, identity);
      client = await server.open(transport, identity);
    });
    after(async () => {
      client.destroy();
      await door.close();
      await server.close();
    });

    it('REGISTER gives out an id', async () => {
      id = await register(client, 'alice', FILES);
    });

    it('REGISTER needs the invite, and says nothing of names to those who have none', async () => {
      for (const name of ['alice', 'nobody']) {
        expectKo(await client.ask(REGISTER, `${name}\nwrong`), REGISTER, 'invite-needed');
        expectKo(await client.ask(REGISTER, `${name}\nwrong\n|invite=${INVITE}x`), REGISTER, 'invite-needed');
      }
    });

    it('REGISTER refuses a taken name with a wrong password', async () => {
      const reply = await client.ask(REGISTER, `alice\nwrong\nm/a.txt|1|${SHA1}\n|invite=${INVITE}`);
      expectKo(reply, REGISTER, 'name-taken');
    });

    it('every call but REGISTER needs a login first', async () => {
      const credentials = `alice\n${PASSWORD}\n${id}`;
      for (const [type, payload] of [
        [KEEP_ALIVE, id],
        [LOGOUT, credentials],
        [SHOW_PEERS, 'all'],
        [BROWSE_PEER, id],
        [SEARCH, 'a'],
        [REGISTER_UPDATE, credentials],
        [FIND, 'a'],
        [SOURCES, SHA1],
        [LIST_STATE, id],
        [LIST_PART, 't\n1\n'],
        [LIST_COMMIT, 't\n1'],
        [LIST_DELTA, 'r\n'],
      ] as const) {
        expectKo(await client.ask(type, payload), type, 'not-logged-in');
      }
    });

    it('LOGIN refuses a wrong password and an unknown name alike, and an id that is not the name’s', async () => {
      const other = await register(client, 'bob');
      const wrong = expectKo(await client.ask(LOGIN, `alice\nwrong\n${id}`), LOGIN, 'wrong-password');
      const nobody = expectKo(await client.ask(LOGIN, `nobody\nwrong\n${id}`), LOGIN, 'wrong-password');
      assert.equal(wrong, nobody);
      for (const wrongId of [other, 'ffffffffffffffffffff']) {
        expectKo(await client.ask(LOGIN, `alice\n${PASSWORD}\n${wrongId}`), LOGIN, 'unknown-id');
      }
    });

    it('LOGIN begins a session, with a ticket and a resume token for who has a key, and publishes the dialled address', async () => {
      const lines = await login(client, 'alice', id, door.port);
      assert.equal(attribute(lines, 'ticket') !== undefined, transport === 'TLS');
      assert.equal(/^[\w-]{43}$/.test(attribute(lines, 'resume') ?? ''), transport === 'TLS');
      assert.equal(attribute(lines, 'address'), `127.0.0.1:${door.port}`);
      expectKo(await client.ask(LOGIN, `alice\n${PASSWORD}\n${id}`), LOGIN, 'already-logged-in');
    });

    it('KEEP_ALIVE takes the id that is logged in here, and no other', async () => {
      const lines = expectOk(await client.ask(KEEP_ALIVE, id), KEEP_ALIVE);
      assert.equal(lines[0], 'KEEP ALIVE SUCCESS');
      assert.equal(attribute(lines, 'ticket') !== undefined, transport === 'TLS');
      expectKo(await client.ask(KEEP_ALIVE, 'ffffffffffffffffffff'), KEEP_ALIVE, 'foreign-id');
      expectKo(await client.ask(KEEP_ALIVE, 'no id\nat all'), KEEP_ALIVE, 'bad-request');
    });

    it('SHOW_PEERS lists peers by presence', async () => {
      const alice = `alice|${id}|online|2|1.234567`;
      const all = expectOk(await client.ask(SHOW_PEERS, 'all\n'), SHOW_PEERS);
      assert.equal(all[0], alice);
      assert.match(all[1] ?? '', /^bob\|[0-9a-f]{20}\|offline\|0\|0$/);
      assert.deepEqual(expectOk(await client.ask(SHOW_PEERS, 'online'), SHOW_PEERS), [alice]);
      assert.equal(expectOk(await client.ask(SHOW_PEERS, 'offline'), SHOW_PEERS).length, 1);
      expectKo(await client.ask(SHOW_PEERS, 'everybody'), SHOW_PEERS, 'bad-request');
    });

    it('BROWSE_PEER lists the files of a peer', async () => {
      assert.deepEqual(expectOk(await client.ask(BROWSE_PEER, id), BROWSE_PEER), FILES.split('\n'));
      expectKo(await client.ask(BROWSE_PEER, 'ffffffffffffffffffff'), BROWSE_PEER, 'unknown-id');
    });

    it('SEARCH gives seven lines a hit', async () => {
      const reply = await client.ask(SEARCH, '100%25');
      const hit = ['music/a%7Cb 100%25.flac', '1.234567', SHA1, 'alice', id, '127.0.0.1', String(door.port)];
      assert.deepEqual(expectOk(reply, SEARCH), hit);
      assert.deepEqual(expectOk(await client.ask(SEARCH, 'nothing-has-this-name'), SEARCH), []);
      expectKo(await client.ask(SEARCH, '"unclosed'), SEARCH, 'bad-query');
    });

    it('FIND and SOURCES tell contents and where they are', async () => {
      const [content, source] = expectOk(await client.ask(FIND, 'flac'), FIND);
      assert.equal(content, `music/a%7Cb 100%25.flac|1.234567|${SHA1}|${ROOT}|1|1|1`);
      assert.equal(source, `${id}|alice|music/a%7Cb 100%25.flac|online`);
      const key = transport === 'TLS' ? identity.key : '';
      assert.deepEqual(expectOk(await client.ask(SOURCES, SHA1), SOURCES), [
        `music/a%7Cb 100%25.flac|1.234567|${SHA1}|${ROOT}|${id}|alice|127.0.0.1|${door.port}|${key}`,
      ]);
      expectKo(await client.ask(SOURCES, 'xyz'), SOURCES, 'bad-request');
      expectKo(await client.ask(FIND, '"unclosed'), FIND, 'bad-query');
    });

    it('REGISTER_UPDATE replaces the list, whole or not at all', async () => {
      const head = `alice\n${PASSWORD}\n${id}\n`;
      const bad = await client.ask(REGISTER_UPDATE, `${head}docs/a.txt|1|${SHA1}\ndocs/b.txt|1\ndocs/c.txt|1|${SHA1}`);
      assert.match(expectKo(bad, REGISTER_UPDATE, 'bad-line'), /line 2\b/);
      assert.deepEqual(expectOk(await client.ask(BROWSE_PEER, id), BROWSE_PEER), FILES.split('\n'));

      const reply = await client.ask(REGISTER_UPDATE, `${head}docs/a.txt|1|${SHA1}\n`);
      assert.deepEqual(expectOk(reply, REGISTER_UPDATE), ['REGISTER UPDATE SUCCESS', id]);
      assert.deepEqual(expectOk(await client.ask(BROWSE_PEER, id), BROWSE_PEER), [`docs/a.txt|1|${SHA1}`]);
      expectOk(await client.ask(REGISTER_UPDATE, head), REGISTER_UPDATE);
      assert.deepEqual(expectOk(await client.ask(BROWSE_PEER, id), BROWSE_PEER), []);
    });

    it('REGISTER_UPDATE and LOGOUT take the password and id of who is logged in here', async () => {
      const bobs = await register(client, 'bobby');
      for (const type of [REGISTER_UPDATE, LOGOUT]) {
        expectKo(await client.ask(type, `alice\nwrong\n${id}`), type, 'wrong-password');
        expectKo(await client.ask(type, `bobby\n${PASSWORD}\n${bobs}`), type, 'foreign-id');
        expectKo(await client.ask(type, `bobby\n${PASSWORD}\n${id}`), type, 'foreign-id');
      }
    });

    it('LOGOUT sets the peer offline and leaves the connection open', async () => {
      const reply = await client.ask(LOGOUT, `alice\n${PASSWORD}\n${id}`);
      assert.deepEqual(expectOk(reply, LOGOUT), ['LOGOUT SUCCESS']);
      expectKo(await client.ask(SHOW_PEERS, 'all'), SHOW_PEERS, 'not-logged-in');
      await enter(client, 'carol');
      assert.equal(await presenceOf(client, 'alice'), 'offline');
    });

    it('writes no secret to the log', () => {
      const log = server.logLines.join('');
      assert.match(log, /"logged in"/);
      for (const secret of [PASSWORD, INVITE, 'ticket', 'resume"', 'scrypt']) assert.ok(!log.includes(secret), secret);
    });
  });
}
