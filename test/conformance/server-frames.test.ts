import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  attribute,
  enter,
  expectKo,
  expectOk,
  KEEP_ALIVE,
  LOGIN,
  PASSWORD,
  presenceOf,
  REGISTER,
  REGISTER_UPDATE,
  SEARCH,
  SHA1,
  SHOW_PEERS,
} from './support/account.ts';
import { frame, type RawClient } from './support/raw-client.ts';
import { startTestServer, TRANSPORTS, type TestServer } from './support/running-server.ts';

for (const transport of TRANSPORTS) {
  describe(`bad and unusual input over ${transport}`, () => {
    let server: TestServer;
    let bystander: RawClient;
    let bystanderId: string;

    before(async () => {
      server = await startTestServer({ registration: 'open' });
      bystander = await server.open(transport);
      bystanderId = await enter(bystander, 'bystander');
    });
    afterEach(async () => {
      // Whatever one client does, another one notices nothing of it.
      const lines = expectOk(await bystander.ask(KEEP_ALIVE, bystanderId), KEEP_ALIVE);
      assert.equal(attribute(lines, 'ticket'), undefined);
    });
    after(async () => {
      bystander.destroy();
      await server.close();
      assert.ok(!server.logLines.some((line) => line.includes('"level":50')), 'no fault was logged');
    });

    async function ruined(bytes: Uint8Array): Promise<[RawClient, Awaited<ReturnType<RawClient['next']>>]> {
      const client = await server.open(transport);
      client.send(bytes);
      return [client, await client.next()];
    }

    it('an oversized frame is refused by its header alone', async () => {
      for (const [header, type] of [
        ['000020010002', LOGIN],
        ['040000010001', REGISTER],
        ['ffffffff0009', REGISTER_UPDATE],
      ] as const) {
        const [client, reply] = await ruined(Buffer.from(header, 'hex'));
        expectKo(reply, type, 'too-large');
        await client.ended;
        client.destroy();
      }
    });

    it('an unknown type, a peer’s request and DATA get a KO, then the end', async () => {
      for (const [type, koType] of [
        [0, 200],
        [777, 200],
        [65_535, 200],
        [102, 200],
        [8, 208],
        [20, 220],
        [400, 200],
      ] as const) {
        const [client, reply] = await ruined(frame(type, 'x'));
        expectKo(reply, koType - 200, 'unknown-type');
        await client.ended;
        client.destroy();
      }
    });

    it('text that is not UTF-8 gets a KO, then the end', async () => {
      for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
        const [client, reply] = await ruined(frame(SEARCH, Buffer.from(bytes)));
        expectKo(reply, SEARCH, 'bad-utf8');
        await client.ended;
        client.destroy();
      }
    });

    it('what comes after a violation is not answered', async () => {
      const [client, reply] = await ruined(
        Buffer.concat([frame(777, ''), frame(REGISTER, `late\n${PASSWORD}`), frame(SHOW_PEERS, 'all')]),
      );
      expectKo(reply, 0, 'unknown-type');
      assert.equal(await client.next(), undefined);
      client.destroy();
    });

    it('a truncated request is never answered', async () => {
      const whole = frame(REGISTER, `truncated\n${PASSWORD}`);
      for (const cut of [1, 5, 6, 10, whole.length - 1]) {
        const client = await server.open(transport);
        client.send(whole.subarray(0, cut));
        client.finish();
        assert.equal(await client.next(), undefined);
        client.destroy();
      }
      assert.equal(await presenceOf(bystander, 'truncated'), undefined);
    });

    it('empty payloads, and payloads of other forms, are refused and the connection goes on', async () => {
      const client = await server.open(transport);
      for (const type of [REGISTER, LOGIN]) {
        expectKo(await client.ask(type, ''), type, 'bad-request');
        expectKo(await client.ask(type, 'name'), type, 'bad-request');
        expectKo(await client.ask(type, 'name\n'), type, 'bad-request');
      }
      expectKo(await client.ask(LOGIN, 'a\nb\nc\nd'), LOGIN, 'bad-request');
      expectKo(await client.ask(LOGIN, `a\nb\nc\n|port=0`), LOGIN, 'bad-request');
      expectKo(await client.ask(LOGIN, `a\nb\nc\n|port=1\n|port=1`), LOGIN, 'bad-request');
      expectKo(await client.ask(LOGIN, `a\nb\nc\n|port`), LOGIN, 'bad-request');
      expectKo(await client.ask(LOGIN, `a\n${'b'.repeat(1_025)}\nc`), LOGIN, 'bad-request');
      expectOk(await client.ask(REGISTER, `patient-${transport}\n${PASSWORD}`), REGISTER);
      client.destroy();
    });

    it('names that are no names are refused', async () => {
      const client = await server.open(transport);
      for (const name of [
        'a%7Cb',
        'a%0Ab',
        'a%00b',
        'a/b',
        'a:b',
        ' a',
        'a%0D',
        'a\tb',
        'a\u202eb',
        'x'.repeat(4_000),
      ]) {
        expectKo(await client.ask(REGISTER, `${name}\n${PASSWORD}`), REGISTER, 'bad-name');
      }
      for (const raw of ['a|b', 'a\rb', 'a\0b', 'a%b', 'a%41b']) {
        expectKo(await client.ask(REGISTER, `${raw}\n${PASSWORD}`), REGISTER, 'bad-request');
      }
      for (const name of ['..', '🦊', '名前', "Robert'); DROP TABLE peers;--", '__proto__', '%25']) {
        expectOk(await client.ask(REGISTER, `${name}\n${PASSWORD}`), REGISTER);
      }
      client.destroy();
    });

    it('a list with a bad line is refused whole, with the number of the line', async () => {
      const client = await server.open(transport);
      const good = (number: number): string => `m/good${number}.txt|1|${SHA1}`;
      for (const bad of [
        'm/a.txt|1',
        `m/a.txt|1.2345678|${SHA1}`,
        `m/a.txt|-1|${SHA1}`,
        `m/a.txt|1e3|${SHA1}`,
        `m/a.txt|99999999999999999999|${SHA1}`,
        `m/a.txt|1|${SHA1.toUpperCase()}`,
        `m/a.txt|1|${SHA1}|00`,
        `/etc/passwd|1|${SHA1}`,
        `m/../a.txt|1|${SHA1}`,
        `m//a.txt|1|${SHA1}`,
        `m/a%00.txt|1|${SHA1}`,
        `m/%zz.txt|1|${SHA1}`,
        `${'x'.repeat(4_097)}|1|${SHA1}`,
        `m/${'🦊'.repeat(200)}|1|${SHA1}`,
        '',
      ]) {
        const reply = await client.ask(REGISTER, `list\n${PASSWORD}\n${good(1)}\n${good(2)}\n${bad}\n${good(4)}`);
        assert.match(expectKo(reply, REGISTER, 'bad-line'), /line 3\b/);
      }
      expectKo(await client.ask(LOGIN, `list\n${PASSWORD}\nffff`), LOGIN, 'wrong-password');
      expectOk(await client.ask(REGISTER, `list\n${PASSWORD}\nm/%0A ..%7C🦊.txt|1|${SHA1}|\n`), REGISTER);
      client.destroy();
    });

    it('requests in one packet, and one byte at a time, are answered in order', async () => {
      const requests = Buffer.concat([
        frame(SHOW_PEERS, 'all'),
        frame(REGISTER, `bad name \n${PASSWORD}`),
        frame(LOGIN, `bystander\nwrong\n${bystanderId}`),
        frame(KEEP_ALIVE, bystanderId),
      ]);
      for (const step of [requests.length, 1, 7]) {
        const client = await server.open(transport);
        for (let at = 0; at < requests.length; at += step) {
          client.send(requests.subarray(at, at + step));
          if (step < requests.length) await new Promise(setImmediate);
        }
        expectKo(await client.next(), SHOW_PEERS, 'not-logged-in');
        expectKo(await client.next(), REGISTER, 'bad-name');
        expectKo(await client.next(), LOGIN, 'wrong-password');
        expectKo(await client.next(), KEEP_ALIVE, 'not-logged-in');
        client.destroy();
      }
    });

    it('a flood of pipelined requests is answered whole', async () => {
      const client = await server.open(transport);
      client.send(Buffer.concat(Array.from({ length: 2_000 }, () => frame(SHOW_PEERS, 'all'))));
      for (let round = 0; round < 2_000; round += 1) expectKo(await client.next(), SHOW_PEERS, 'not-logged-in');
      client.destroy();
    });

    it('a half-open client gets its replies, then the end', async () => {
      const client = await server.open(transport);
      client.send(frame(REGISTER, `half-open-${transport}\n${PASSWORD}`));
      client.send(frame(SHOW_PEERS, 'all'));
      client.finish();
      expectOk(await client.next(), REGISTER);
      expectKo(await client.next(), SHOW_PEERS, 'not-logged-in');
      assert.equal(await client.next(), undefined);
      client.destroy();
    });

    it('clients that vanish in the middle of anything do no harm', async () => {
      const login = frame(LOGIN, `bystander\nwrong\n${bystanderId}`);
      const garbage = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 7_919) % 256));
      for (const bytes of [login, login.subarray(0, 9), Buffer.concat([login, login, login]), garbage]) {
        const client = await server.open(transport);
        client.send(bytes);
        await new Promise(setImmediate);
        client.destroy();
      }
    });
  });
}
