import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import {
  attribute,
  BROWSE_PEER,
  enter,
  expectEnded,
  expectKo,
  expectOk,
  FIND,
  KEEP_ALIVE,
  login,
  LOGIN,
  PASSWORD,
  presenceOf,
  REGISTER,
  register,
  RESUME,
  SEARCH,
  SHA1,
  SOURCES,
} from './support/account.ts';
import { frame, type RawClient } from './support/raw-client.ts';
import { openDoor, startTestServer, TRANSPORTS, type TestDoor, type TestServer } from './support/running-server.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FILE = `m/song.flac|1|${SHA1}`;

async function hits(client: RawClient): Promise<number> {
  const search = expectOk(await client.ask(SEARCH, 'song'), SEARCH).length / 7;
  const holders = expectOk(await client.ask(FIND, 'song'), FIND).filter((line) => line.endsWith('|online'));
  assert.equal(holders.length, search);
  assert.equal(expectOk(await client.ask(SOURCES, SHA1), SOURCES).length, search);
  return search;
}

describe('presence and expiry', () => {
  let server: TestServer;
  let identity: Identity;
  let door: TestDoor;
  let watcher: RawClient;
  let watcherId: string;
  let client: RawClient;
  let id: string;

  before(async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    server = await startTestServer({ registration: 'open' });
    identity = await generateIdentity();
    door = await openDoor('TLS', identity);
    watcher = await server.open('TLS');
    watcherId = await enter(watcher, 'watcher');
    client = await server.open('TLS', identity);
    id = await enter(client, 'singer', FILE, door.port);
  });
  after(async () => {
    client.destroy();
    watcher.destroy();
    await door.close();
    await server.close();
    mock.timers.reset();
  });

  async function pass(elapsedMs: number): Promise<void> {
    server.clock.nowMs += elapsedMs;
    expectOk(await watcher.ask(KEEP_ALIVE, watcherId), KEEP_ALIVE);
  }

  /** A sign of life is answered before the catalog has noted it. */
  async function expectOnline(username: string): Promise<void> {
    for (let round = 0; round < 100 && (await presenceOf(watcher, username)) !== 'online'; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(await presenceOf(watcher, username), 'online');
  }

  it('a peer that was silent for five minutes is offline, and back with its next sign of life', async () => {
    await pass(5 * MINUTE_MS - 1);
    assert.equal(await presenceOf(watcher, 'singer'), 'online');
    assert.equal(await hits(watcher), 1);
    await pass(1);
    assert.equal(await presenceOf(watcher, 'singer'), 'offline');
    assert.equal(await hits(watcher), 0);
    expectOk(await client.ask(KEEP_ALIVE, id), KEEP_ALIVE);
    await expectOnline('singer');
    assert.equal(await hits(watcher), 1);
  });

  it('the five minutes count from the last KEEP_ALIVE, however short after another', async () => {
    for (const elapsedMs of [1, 29_000]) {
      server.clock.nowMs += elapsedMs;
      expectOk(await client.ask(KEEP_ALIVE, id), KEEP_ALIVE);
    }
    await pass(5 * MINUTE_MS - 1);
    await expectOnline('singer');
    await pass(1);
    assert.equal(await presenceOf(watcher, 'singer'), 'offline');
    expectOk(await client.ask(KEEP_ALIVE, id), KEEP_ALIVE);
    await expectOnline('singer');
  });

  it('any request is a sign of life', async () => {
    for (let round = 0; round < 4; round += 1) {
      await pass(3 * MINUTE_MS);
      expectKo(await client.ask(BROWSE_PEER, 'nobody'), BROWSE_PEER, 'unknown-id');
      await expectOnline('singer');
    }
  });

  it('a registration ends 30 days after its last login, with its session, entries and token', async () => {
    await pass(15 * DAY_MS);
    const again = await server.open('TLS', identity);
    const token = attribute(await login(again, 'singer', id, door.port), 'resume') ?? '';
    await pass(30 * DAY_MS - 1);
    await login(await server.open('TLS'), 'watcher', watcherId);
    mock.timers.tick(60 * MINUTE_MS);
    expectOk(await again.ask(KEEP_ALIVE, id), KEEP_ALIVE);
    assert.deepEqual(expectOk(await again.ask(BROWSE_PEER, id), BROWSE_PEER), [FILE]);

    server.clock.nowMs += 1;
    mock.timers.tick(60 * MINUTE_MS);
    expectEnded(await again.next(), 'unknown-id');
    const late = await server.open('TLS', identity);
    expectKo(await late.ask(RESUME, `${id}\n${token}`), RESUME, 'unknown-id');
    expectKo(await late.ask(LOGIN, `singer\n${PASSWORD}\n${id}`), LOGIN, 'wrong-password');
    const fresh = await enter(late, 'singer');
    expectKo(await late.ask(BROWSE_PEER, id), BROWSE_PEER, 'unknown-id');
    assert.deepEqual(expectOk(await late.ask(BROWSE_PEER, fresh), BROWSE_PEER), []);
    again.destroy();
    late.destroy();
  });
});

for (const transport of TRANSPORTS) {
  describe(`dial-back over ${transport}`, () => {
    let server: TestServer;
    let identity: Identity;
    let client: RawClient;
    let id: string;

    before(async () => {
      server = await startTestServer({ registration: 'open', dialBackWaitMs: 300 });
      identity = await generateIdentity();
      client = await server.open(transport, identity);
      id = await register(client, 'singer', FILE);
    });
    after(async () => {
      client.destroy();
      await server.close();
    });

    it('who can’t be dialled is online, but no source', async () => {
      const door = await openDoor(transport, identity);
      await door.close();
      assert.equal(attribute(await login(client, 'singer', id, door.port), 'address'), undefined);
      assert.equal(await presenceOf(client, 'singer'), 'online');
      assert.equal(await hits(client), 0);
    });

    it('KEEP_ALIVE tries again', async () => {
      const again = await server.open(transport, identity);
      // A port that is free now, and answered later.
      const probe = await openDoor(transport, identity);
      await probe.close();
      assert.equal(attribute(await login(again, 'singer', id, probe.port), 'address'), undefined);
      const door = await openDoor(transport, identity, probe.port);
      let address: string | undefined;
      for (let round = 0; round < 100 && address === undefined; round += 1) {
        address = attribute(expectOk(await again.ask(KEEP_ALIVE, id), KEEP_ALIVE), 'address');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal(address, `127.0.0.1:${probe.port}`);
      assert.equal(await hits(again), 1);
      await door.close();
      client = again;
    });

    it('a new session is published only once it was dialled back itself', async () => {
      const again = await server.open(transport, identity);
      assert.equal(attribute(await login(again, 'singer', id, 1), 'address'), undefined);
      assert.equal(await hits(again), 0);
      client = again;
    });

    it('LOGIN does not wait long for a door that keeps silent', async () => {
      // It takes the connection, but knows nothing of TLS.
      const silent = await openDoor('plaintext', identity);
      const again = await server.open('TLS', identity);
      const start = performance.now();
      assert.equal(attribute(await login(again, 'singer', id, silent.port), 'address'), undefined);
      assert.ok(performance.now() - start < 1_500);
      assert.equal(await hits(again), 0);
      again.destroy();
      await silent.close();
    });

    it('whoever answers with another key is not published', async () => {
      const stranger = await openDoor('TLS', await generateIdentity());
      const again = await server.open('TLS', identity);
      assert.equal(attribute(await login(again, 'singer', id, stranger.port), 'address'), undefined);
      assert.equal(await hits(again), 0);
      again.destroy();
      await stranger.close();
    });
  });
}

describe('guessing passwords', () => {
  it('ends in busy, for that address, until some time has passed', async () => {
    const server = await startTestServer({ registration: 'open' });
    const client = await server.open('plaintext');
    const id = await register(client, 'victim');
    const guess = `victim\nguess\n${id}`;
    for (let round = 0; round < 200; round += 1) {
      expectKo(await client.ask(LOGIN, guess), LOGIN, 'wrong-password');
    }
    expectKo(await client.ask(LOGIN, guess), LOGIN, 'busy');
    server.clock.nowMs += 1_000;
    await login(client, 'victim', id);
    client.destroy();
    await server.close();
  });
});

describe('taking usernames', () => {
  it('ends in busy where nobody needs an invite, for that address, until some time has passed', async () => {
    const server = await startTestServer({ registration: 'open' });
    const client = await server.open('plaintext');
    await register(client, 'early');
    for (let round = 1; round < 1_000; round += 1) {
      // A list that is refused costs a try, too, and those are used up earlier.
      const code = round <= 200 ? 'bad-line' : 'busy';
      expectKo(await client.ask(REGISTER, `name-${round}\n${PASSWORD}\nno list`), REGISTER, code);
    }
    // Then there is a try again, but no new username.
    server.clock.nowMs += 60;
    await register(client, 'early');
    expectKo(await client.ask(REGISTER, `late\n${PASSWORD}`), REGISTER, 'busy');
    server.clock.nowMs += 1_000;
    await register(client, 'late');
    client.destroy();
    await server.close();
  });
});

describe('connections without a login', () => {
  for (const transport of TRANSPORTS) {
    it(`are refused over ${transport} where there are too many, until some log in or leave`, async () => {
      const server = await startTestServer({ registration: 'open', strangers: { most: 3, mostPerNetwork: 1 } });
      const [first, second] = await Promise.all([server.open(transport), server.open(transport)]);
      const id = await enter(first, 'member');
      expectOk(await second.ask(REGISTER, `guest\n${PASSWORD}`), REGISTER);
      const waiting = await Promise.all([server.open(transport), server.open(transport)]);
      for (const client of waiting) expectKo(await client.ask(KEEP_ALIVE, id), KEEP_ALIVE, 'not-logged-in');

      const refused = await server.open(transport);
      refused.send(frame(KEEP_ALIVE, id));
      expectKo(await refused.next(), 0, 'busy');
      assert.equal(await refused.next(), undefined);
      expectOk(await first.ask(KEEP_ALIVE, id), KEEP_ALIVE);

      second.destroy();
      await awaitRoom(() => server.open(transport), id);
      for (const client of [first, refused, ...waiting]) client.destroy();
      await server.close();
    });
  }

  /** That a connection is gone is noticed a little later. */
  async function awaitRoom(open: () => Promise<RawClient>, id: string): Promise<void> {
    for (let round = 0; round < 100; round += 1) {
      const client = await open();
      client.send(frame(KEEP_ALIVE, id));
      const reply = await client.next();
      client.destroy();
      if (reply?.type === KEEP_ALIVE + 200) return;
    }
    assert.fail('no room was made');
  }
});
