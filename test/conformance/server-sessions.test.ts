import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import {
  attribute,
  awaitPresence,
  BROWSE_PEER,
  enter,
  expectEnded,
  expectKo,
  expectOk,
  KEEP_ALIVE,
  login,
  LOGIN,
  LOGOUT,
  PASSWORD,
  presenceOf,
  REGISTER,
  register,
  RESUME,
  SHA1,
  SHOW_PEERS,
} from './support/account.ts';
import { frame, type RawClient } from './support/raw-client.ts';
import { INVITE, startTestServer, TRANSPORTS, type TestServer } from './support/running-server.ts';

for (const transport of TRANSPORTS) {
  describe(`sessions over ${transport}`, () => {
    let server: TestServer;
    let identity: Identity;
    let bystander: RawClient;
    let bystanderId: string;

    before(async () => {
      server = await startTestServer();
      identity = await generateIdentity();
      bystander = await server.open(transport);
      bystanderId = await enter(bystander, 'bystander');
    });
    after(async () => {
      expectOk(await bystander.ask(KEEP_ALIVE, bystanderId), KEEP_ALIVE);
      bystander.destroy();
      await server.close();
      assert.ok(!server.logLines.some((line) => line.includes('"level":50')), 'no fault was logged');
    });

    const open = (): Promise<RawClient> => server.open(transport, identity);
    const forKeys = { skip: transport !== 'TLS' && 'only a connection with a key is given a resume token' };

    async function resume(client: RawClient, id: string, token: string): Promise<string[]> {
      return expectOk(await client.ask(RESUME, `${id}\n${token}\n|port=1`), RESUME);
    }

    it('a newer LOGIN or RESUME takes over, and the end of the older connection does not matter', async () => {
      const first = await open();
      const id = await enter(first, 'taken');
      const second = await open();
      const token = attribute(await login(second, 'taken', id), 'resume') ?? '';
      expectEnded(await first.next(), 'taken-over');
      await first.ended;
      first.destroy();

      const third = await open();
      if (transport === 'TLS') await resume(third, id, token);
      else await login(third, 'taken', id);
      expectEnded(await second.next(), 'taken-over');
      second.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await presenceOf(bystander, 'taken'), 'online');
      expectOk(await third.ask(KEEP_ALIVE, id), KEEP_ALIVE);
      third.destroy();
      await awaitPresence(bystander, 'taken', 'offline');
    });

    it('of many LOGINs at once exactly one stays', async () => {
      const clients = await Promise.all(Array.from({ length: 6 }, open));
      const id = await register(bystander, 'crowd');
      // Those that are taken over hear of it before or after the reply to their LOGIN.
      await Promise.all(clients.map((client) => client.ask(LOGIN, `crowd\n${PASSWORD}\n${id}\n|port=1`)));
      const alive = await Promise.all(
        clients.map(async (client) => {
          client.send(frame(KEEP_ALIVE, id));
          return (await client.next())?.type === KEEP_ALIVE + 100;
        }),
      );
      assert.equal(alive.filter(Boolean).length, 1);
      assert.equal(await presenceOf(bystander, 'crowd'), 'online');
      for (const client of clients) client.destroy();
      await awaitPresence(bystander, 'crowd', 'offline');
    });

    it(
      'a resume token outlives the connection, a RESUME and a restart of the server, not a LOGIN',
      forKeys,
      async () => {
        const first = await open();
        const id = await register(first, 'back', `m/a.txt|1|${SHA1}`);
        const token = attribute(await login(first, 'back', id), 'resume') ?? '';
        first.destroy();
        await awaitPresence(bystander, 'back', 'offline');

        const second = await open();
        const lines = await resume(second, id, token);
        assert.equal(lines[0], 'RESUME SUCCESS');
        assert.equal(attribute(lines, 'resume'), token);
        assert.notEqual(attribute(lines, 'ticket'), undefined);

        await server.restart();
        expectEnded(await second.next(), 'shutting-down');
        bystander = await server.open(transport);
        await login(bystander, 'bystander', bystanderId);
        assert.equal(await presenceOf(bystander, 'back'), 'offline');
        assert.deepEqual(expectOk(await bystander.ask(BROWSE_PEER, id), BROWSE_PEER), [`m/a.txt|1|${SHA1}`]);
        const third = await open();
        await resume(third, id, token);
        assert.equal(await presenceOf(bystander, 'back'), 'online');

        const fourth = await open();
        const newer = attribute(await login(fourth, 'back', id), 'resume');
        assert.notEqual(newer, token);
        const fifth = await open();
        expectKo(await fifth.ask(RESUME, `${id}\n${token}`), RESUME, 'bad-token');
        expectOk(await fourth.ask(KEEP_ALIVE, id), KEEP_ALIVE);
        for (const client of [second, third, fourth, fifth]) client.destroy();
      },
    );

    it('without a certificate there is no resume token', async () => {
      const keyless = (): Promise<RawClient> => server.open(transport);
      const first = await keyless();
      const id = await register(first, 'keyless');
      assert.equal(attribute(await login(first, 'keyless', id), 'resume'), undefined);
      const second = await keyless();
      expectKo(await second.ask(RESUME, `${id}\n${'A'.repeat(43)}`), RESUME, 'bad-token');
      first.destroy();
      second.destroy();
    });

    it('RESUME refuses a wrong token, another key, and an id that nobody has', forKeys, async () => {
      const first = await open();
      const id = await register(first, 'token');
      const token = attribute(await login(first, 'token', id), 'resume') ?? '';
      const other = await open();
      expectKo(await other.ask(RESUME, `${id}\n${token}x`), RESUME, 'bad-token');
      expectKo(await other.ask(RESUME, `ffffffffffffffffffff\n${token}`), RESUME, 'unknown-id');
      const thief = await server.open('TLS', await generateIdentity());
      const keyless = await server.open('plaintext');
      for (const holder of [thief, keyless]) {
        expectKo(await holder.ask(RESUME, `${id}\n${token}`), RESUME, 'bad-token');
      }

      expectOk(await first.ask(LOGOUT, `token\n${PASSWORD}\n${id}`), LOGOUT);
      expectKo(await other.ask(RESUME, `${id}\n${token}`), RESUME, 'bad-token');
      for (const client of [first, other, thief, keyless]) client.destroy();
    });

    it('REGISTER again gives a new id; the old one is gone with its entries and its session', async () => {
      const first = await open();
      const oldId = await register(first, 'again', `m/old.txt|1|${SHA1}`);
      const token = attribute(await login(first, 'again', oldId), 'resume') ?? 'none';
      const second = await open();
      // Who knows the password needs no invite.
      const [, id = ''] = expectOk(await second.ask(REGISTER, `again\n${PASSWORD}\nm/new.txt|1|${SHA1}`), REGISTER);
      assert.notEqual(id, oldId);
      expectEnded(await first.next(), 'unknown-id');
      expectKo(await bystander.ask(BROWSE_PEER, oldId), BROWSE_PEER, 'unknown-id');
      assert.deepEqual(expectOk(await bystander.ask(BROWSE_PEER, id), BROWSE_PEER), [`m/new.txt|1|${SHA1}`]);
      expectKo(await second.ask(LOGIN, `again\n${PASSWORD}\n${oldId}`), LOGIN, 'unknown-id');
      expectKo(await second.ask(RESUME, `${oldId}\n${token}`), RESUME, 'unknown-id');

      await login(second, 'again', id);
      const newest = await register(second, 'again');
      expectKo(await second.ask(SHOW_PEERS, 'all'), SHOW_PEERS, 'not-logged-in');
      await login(second, 'again', newest);
      first.destroy();
      second.destroy();
    });

    it('a list that is refused leaves the registration and the session as they were', async () => {
      const client = await open();
      const id = await register(client, 'kept', `m/a.txt|1|${SHA1}`);
      await login(client, 'kept', id);
      expectKo(await client.ask(REGISTER, `kept\n${PASSWORD}\nbad line`), REGISTER, 'bad-line');
      expectOk(await client.ask(KEEP_ALIVE, id), KEEP_ALIVE);
      assert.deepEqual(expectOk(await client.ask(BROWSE_PEER, id), BROWSE_PEER), [`m/a.txt|1|${SHA1}`]);
      client.destroy();
    });

    it('of REGISTERs of one name at once exactly one password wins, and one id is left', async () => {
      const clients = await Promise.all(Array.from({ length: 6 }, open));
      const replies = await Promise.all(
        clients.map((client, index) => client.ask(REGISTER, `race\npassword-${index % 2}\n|invite=${INVITE}`)),
      );
      const won = replies.flatMap((reply, index) => (reply.type === REGISTER + 100 ? [index % 2] : []));
      assert.equal(won.length, 3);
      assert.equal(new Set(won).size, 1);
      for (const reply of replies) {
        if (reply.type !== REGISTER + 100) expectKo(reply, REGISTER, 'name-taken');
      }
      const rows = expectOk(await bystander.ask(SHOW_PEERS, 'all'), SHOW_PEERS);
      assert.equal(rows.filter((row) => row.startsWith('race|')).length, 1);
      for (const client of clients) client.destroy();
    });

    it('whoever vanishes during a LOGIN is not left online', async () => {
      const id = await register(bystander, 'ghost');
      const clients = await Promise.all(Array.from({ length: 5 }, open));
      const request = frame(LOGIN, `ghost\n${PASSWORD}\n${id}\n|port=1`);
      for (const [delayMs, client] of clients.entries()) {
        client.send(request);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        client.destroy();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      await awaitPresence(bystander, 'ghost', 'offline');
    });

    it('a server that stops in the middle of requests keeps what it answered OK', async () => {
      const clients = await Promise.all(Array.from({ length: 10 }, open));
      const replies = clients.map(async (client, index) => {
        client.send(frame(REGISTER, `stop-${index}\n${PASSWORD}\n|invite=${INVITE}`));
        const reply = await client.next();
        client.destroy();
        return reply?.type === REGISTER + 100 ? [`stop-${index}`] : [];
      });
      await Promise.race(replies);
      await server.restart();
      const kept = (await Promise.all(replies)).flat();
      assert.notEqual(kept.length, 0);
      bystander = await server.open(transport);
      await login(bystander, 'bystander', bystanderId);
      for (const name of kept) assert.equal(await presenceOf(bystander, name), 'offline');
    });
  });
}
