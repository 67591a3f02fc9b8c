import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { run } from '../support/processes.ts';
import { createNetwork } from './network.ts';

/** A client that knows nothing but frames: what somebody writes from the original specification. */
async function plainClient(t: TestContext, host: string): Promise<(type: number, payload: string) => Promise<string>> {
  const { hostname, port } = new URL(`http://${host}`);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  let held = Buffer.alloc(0);
  const whole = (): boolean => held.length >= 6 && held.length >= 6 + held.readUInt32BE(0);
  return async (type, payload) => {
    socket.write(encodeFrame(type, payload));
    while (!whole()) held = Buffer.concat([held, ((await once(socket, 'data')) as [Buffer])[0]]);
    const end = 6 + held.readUInt32BE(0);
    const reply = `${held.readUInt16BE(4)} ${held.toString('utf8', 6, end)}`;
    held = held.subarray(end);
    return reply;
  };
}

/** Something that can be dialled back, so that the client's files are offered. */
async function listenPlain(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const SHA1 = '0123456789abcdef0123456789abcdef01234567';

describe('the core alone, in plaintext on loopback', () => {
  it('does every server request of the original specification', async (t) => {
    const network = await createNetwork(t, { serverArgs: ['--plaintext', '--registration', 'open'] });
    const host = new URL(network.link).host;
    const port = await listenPlain(t);
    const send = await plainClient(t, host);

    const registered = await send(1, `ada\nsecret\nmusic/song.ogg|3.5|${SHA1}\nmusic/50%25 off.ogg|0.000001|${SHA1}`);
    const [sentence, id = ''] = registered.split('\n');
    assert.equal(sentence, '101 REGISTER SUCCESS');
    assert.match(await send(7, 'song'), /^207 not-logged-in /);
    assert.match(await send(2, `ada\nwrong\n${id}`), /^202 wrong-password /);
    assert.match(await send(2, `ada\nsecret\n${id}\n|port=${port}`), /^102 LOGIN SUCCESS/);
    assert.match(await send(3, id), /^103 KEEP ALIVE SUCCESS/);
    assert.equal(await send(5, 'online'), `105 ada|${id}|online|2|3.500001`);
    assert.equal(await send(6, id), `106 music/50%25 off.ogg|0.000001|${SHA1}\nmusic/song.ogg|3.5|${SHA1}`);
    assert.equal(await send(7, 'SONG'), `107 music/song.ogg\n3.5\n${SHA1}\nada\n${id}\n127.0.0.1\n${port}`);
    assert.equal(await send(9, `ada\nsecret\n${id}\nnew/other.ogg|1|${SHA1}`), `109 REGISTER UPDATE SUCCESS\n${id}`);
    assert.equal(await send(6, id), `106 new/other.ogg|1|${SHA1}`);
    assert.match(await send(9, `ada\nsecret\n${id}\ngood|1|${SHA1}\nbad line`), /^209 bad-line .*line 2/);
    assert.equal(await send(6, id), `106 new/other.ogg|1|${SHA1}`, 'nothing is half-stored');
    assert.equal(await send(4, `ada\nsecret\n${id}`), '104 LOGOUT SUCCESS');
    assert.match(await send(3, id), /^203 not-logged-in /);
    assert.match(await send(2, `ada\nsecret\n${id}`), /^102 LOGIN SUCCESS/);
    const [, newId = ''] = (await send(1, 'ada\nsecret')).split('\n');
    assert.notEqual(newId, id);
    assert.match(await send(2, `ada\nsecret\n${id}`), /^202 unknown-id /);
  });

  it('can be tried with `swapmeet send`', async (t) => {
    const network = await createNetwork(t, { serverArgs: ['--plaintext'] });
    const link = new URL(network.link);
    const env = { SWAPMEET_PASSWORD: 'secret' };
    const invite = link.searchParams.get('invite') ?? '';
    const registered = await run(['send', 'REGISTER', '--to', network.link], {
      stdin: `ada\nsecret\n|invite=${invite}`,
    });
    assert.equal(registered.code, 0, registered.stderr);
    assert.match(registered.stdout, /^101 REGISTER_OK\nREGISTER SUCCESS\n/);
    const id = registered.stdout.trim().split('\n').at(-1) ?? '';
    const login = ['--login', 'ada', '--id', id];
    const peers = await run(['send', 'SHOW_PEERS', '--to', network.link, ...login], { stdin: 'all', env });
    assert.match(peers.stdout, new RegExp(`^105 SHOW_PEERS_OK\\nada\\|${id}\\|online\\|0\\|0\\n`));
    const refused = await run(['send', '7', '--to', link.host, '--plaintext', '--json'], { stdin: 'x' });
    assert.equal(refused.code, 1);
    const { type, name } = JSON.parse(refused.stdout) as { type: number; name: string };
    assert.deepEqual([type, name], [207, 'SEARCH_KO']);
  });
});
