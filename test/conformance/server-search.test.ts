import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateIdentity, type Identity } from '../../src/transport/identity.ts';
import {
  CANCEL,
  enter,
  expectKo,
  expectOk,
  FIND,
  FOLDER,
  KEEP_ALIVE,
  login,
  LOGOUT,
  NETWORK,
  OTHER_SHA1,
  PASSWORD,
  register,
  ROOT,
  SEARCH,
  SHA1,
  SHOW_PEERS,
} from './support/account.ts';
import { frame, type RawClient } from './support/raw-client.ts';
import { openDoor, startTestServer, TRANSPORTS, type TestDoor, type TestServer } from './support/running-server.ts';

const SONG = `music/song.flac|1.5|${SHA1}|${ROOT}`;
const COPY = `music/live/the song.mp3|1.5|${SHA1}|${ROOT}`;
const OTHER = `other song.txt|0.5|${OTHER_SHA1}`;

for (const transport of TRANSPORTS) {
  describe(`search beyond the core over ${transport}`, () => {
    let server: TestServer;
    let identity: Identity;
    let door: TestDoor;
    let client: RawClient;
    let alice: string;
    let bob: string;

    before(async () => {
      server = await startTestServer();
      identity = await generateIdentity();
      door = await openDoor(transport, identity);
      client = await server.open(transport, identity);
      bob = await register(client, 'bob', [COPY, OTHER].join('\n'));
      alice = await enter(client, 'alice', [SONG, COPY].join('\n'), door.port);
    });
    after(async () => {
      client.destroy();
      await door.close();
      await server.close();
    });

    it('FIND finds what is online, or what anybody holds', async () => {
      const source = `${alice}|alice|music/live/the song.mp3|online`;
      const head = `music/song.flac|1.5|${SHA1}|${ROOT}|1|1`;
      for (const scope of ['', '\n|holders=online']) {
        const lines = expectOk(await client.ask(FIND, `song${scope}`), FIND);
        assert.deepEqual(lines, [`${head}|1`, source, '|total=1']);
      }
      const holder = `${bob}|bob|music/live/the song.mp3|offline`;
      assert.deepEqual(expectOk(await client.ask(FIND, 'song\n|holders=all'), FIND), [
        `music/song.flac|1.5|${SHA1}|${ROOT}|1|2|2`,
        source,
        holder,
        `other song.txt|0.5|${OTHER_SHA1}||0|1|1`,
        `${bob}|bob|other song.txt|offline`,
        '|total=2',
      ]);
      expectKo(await client.ask(FIND, 'song\n|holders=offline'), FIND, 'bad-request');
    });

    it('FIND counts types and extensions when asked', async () => {
      const lines = expectOk(await client.ask(FIND, 'song\n|holders=all\n|facets=yes\n|limit=1'), FIND);
      assert.deepEqual(lines.filter((line) => line.startsWith('|') && !line.startsWith('|next=')).sort(), [
        '|facet-ext=flac:1,txt:1',
        '|facet-type=audio:1,document:1',
        '|total=2',
      ]);
    });

    it('FOLDER lists what lies in one folder of a peer', async () => {
      assert.deepEqual(expectOk(await client.ask(FOLDER, bob), FOLDER), [
        'd|music|1|1.5',
        `f|other song.txt|0.5|${OTHER_SHA1}|`,
      ]);
      assert.deepEqual(expectOk(await client.ask(FOLDER, `${alice}\n|path=music`), FOLDER), [
        'd|live|1|1.5',
        `f|song.flac|1.5|${SHA1}|${ROOT}`,
      ]);
      const [first, next = ''] = expectOk(await client.ask(FOLDER, `${alice}\n|path=music\n|limit=1`), FOLDER);
      assert.equal(first, 'd|live|1|1.5');
      const rest = await client.ask(FOLDER, `${alice}\n|path=music\n${next.replace('|next=', '|after=')}`);
      assert.deepEqual(expectOk(rest, FOLDER), [`f|song.flac|1.5|${SHA1}|${ROOT}`]);
      expectKo(await client.ask(FOLDER, 'ffffffffffffffffffff'), FOLDER, 'unknown-id');
      expectKo(await client.ask(FOLDER, `${alice}\n|path=../x`), FOLDER, 'bad-path');
    });

    it('NETWORK gives the figures of all', async () => {
      assert.deepEqual(expectOk(await client.ask(NETWORK, ''), NETWORK), ['1', '2', '4', '5', '2', '1']);
      expectKo(await client.ask(NETWORK, 'x'), NETWORK, 'bad-request');
    });

    it('SHOW_PEERS tells when a peer was last heard of, when asked', async () => {
      const seenS = server.clock.nowMs / 1_000;
      assert.deepEqual(expectOk(await client.ask(SHOW_PEERS, 'all\n|details=yes'), SHOW_PEERS), [
        `alice|${alice}|online|2|3|${seenS}`,
        `bob|${bob}|offline|2|2|${seenS}`,
      ]);
    });

    it('CANCEL takes back what came before it, and nothing else', async () => {
      const queries = [frame(FIND, 'song'), frame(KEEP_ALIVE, alice), frame(SEARCH, 'song')];
      client.send(Buffer.concat([...queries, frame(CANCEL, ''), frame(FIND, 'song')]));
      expectKo(await client.next(), FIND, 'cancelled');
      expectOk(await client.next(), KEEP_ALIVE);
      expectKo(await client.next(), SEARCH, 'cancelled');
      assert.deepEqual(expectOk(await client.next(), CANCEL), ['CANCEL SUCCESS']);
      assert.equal(expectOk(await client.next(), FIND).length, 3);
    });

    it('none of it goes without a login', async () => {
      expectOk(await client.ask(LOGOUT, `alice\n${PASSWORD}\n${alice}`), LOGOUT);
      for (const type of [CANCEL, NETWORK, FOLDER]) expectKo(await client.ask(type, ''), type, 'not-logged-in');
      await login(client, 'alice', alice, door.port);
    });
  });
}
