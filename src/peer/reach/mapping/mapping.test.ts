import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { defaultGateways, usualGateways } from './gateways.ts';
import type { Mapping, MapRequest, Router } from './mapping.ts';
import { mapByNatPmp } from './nat-pmp.ts';
import { mayBeBehindRouter } from './open-port-mapping.ts';
import { pcpRouter } from './pcp.ts';
import { startPortMapping } from './port-mapping.ts';
import { findGateways, locationOf } from './ssdp.ts';
import { controlOf, openUpnpRouter } from './upnp.ts';

const { signal } = new AbortController();
const REQUEST: MapRequest = { internalPort: 7475, externalPort: 7475, lifetimeS: 3_600 };

async function udpServer(t: TestContext, answer: (message: Buffer, reply: (bytes: Buffer) => void) => void) {
  const socket: Socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.on('message', (message, { port, address }) => {
    answer(message, (bytes) => {
      socket.send(bytes, port, address);
    });
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { host: '127.0.0.1', port: socket.address().port };
}

function natPmpReply(request: Buffer, result: number, externalPort: number): Buffer {
  const reply = Buffer.alloc(16);
  reply.writeUInt8((request[1] ?? 0) + 128, 1);
  reply.writeUInt16BE(result, 2);
  request.copy(reply, 8, 4, 6);
  reply.writeUInt16BE(externalPort, 10);
  reply.writeUInt32BE(7_200, 12);
  return reply;
}

describe('NAT-PMP', () => {
  it('gets a port, though the first packets are lost and others say nonsense', async (t) => {
    let asked = 0;
    const gateway = await udpServer(t, (request, reply) => {
      asked += 1;
      for (const nonsense of ['', '\0\x82', 'x'.repeat(16)]) reply(Buffer.from(nonsense));
      if (asked === 2) reply(natPmpReply(request, 0, 40_000));
    });
    assert.deepEqual(await mapByNatPmp(gateway, REQUEST, signal), { externalPort: 40_000, lifetimeS: 7_200 });
  });

  it('tells of a refusal, and does not wait for a router that is not there', async (t) => {
    const gateway = await udpServer(t, (request, reply) => {
      reply(natPmpReply(request, 2, 0));
    });
    await assert.rejects(mapByNatPmp(gateway, REQUEST, signal), { code: 'unreachable', message: /result 2/ });
    const silent = await udpServer(t, () => undefined);
    await assert.rejects(mapByNatPmp(silent, REQUEST, signal), { code: 'unreachable', message: /no router/ });
    await assert.rejects(mapByNatPmp(silent, REQUEST, AbortSignal.abort()), { code: 'unreachable' });
  });
});

/** What a router grants, from the bytes of RFC 6887 §11.1. */
function pcpReply(request: Buffer, result: number, externalPort: number): Buffer {
  const reply = Buffer.from(request);
  reply.writeUInt8(0x81, 1);
  reply.writeUInt8(result, 3);
  reply.writeUInt32BE(7_200, 4);
  reply.fill(0, 8, 24);
  reply.writeUInt16BE(externalPort, 42);
  return reply;
}

describe('PCP', () => {
  it('gets a port, renews and gives it back by the same nonce, and takes no other’s reply', async (t) => {
    const requests: Buffer[] = [];
    const address = await udpServer(t, (request, reply) => {
      requests.push(request);
      const ofAnother = pcpReply(request, 0, 1);
      ofAnother.writeUInt8((ofAnother[24] ?? 0) ^ 1, 24);
      for (const wrong of [Buffer.alloc(0), ofAnother, ofAnother.subarray(0, 59)]) reply(wrong);
      reply(pcpReply(request, 0, 40_000));
    });
    assert.deepEqual(await pcpRouter(address, 'secret').map(REQUEST, signal), {
      externalPort: 40_000,
      lifetimeS: 7_200,
    });
    // It may have been found anew, by another process.
    await pcpRouter(address, 'secret').map({ ...REQUEST, externalPort: 40_000, lifetimeS: 0 }, signal);
    const [first, last] = requests.map((bytes) => bytes.toString('hex'));
    const nonce = first?.slice(48, 72) ?? '';
    const zeros = '0'.repeat(20);
    const head = (lifetime: string): string => `02010000${lifetime}${zeros}ffff7f000001${nonce}06000000`;
    assert.equal(first, `${head('00000e10')}1d331d33${zeros}ffff00000000`);
    assert.equal(last, `${head('00000000')}1d330000${zeros}ffff00000000`);
  });

  it('fails where the network of the router is out of reach', async () => {
    // Nothing may be sent to a broadcast address without leave.
    const unreachable = { host: '255.255.255.255', port: 5351 };
    await assert.rejects(pcpRouter(unreachable, 'secret').map(REQUEST, signal), { code: 'unreachable' });
  });

  it('uses another nonce for whoever has another secret', async (t) => {
    const nonces = new Set<string>();
    const address = await udpServer(t, (request, reply) => {
      nonces.add(request.toString('hex', 24, 36));
      reply(pcpReply(request, 0, 40_000));
    });
    for (const secret of ['one', 'other', 'one']) await pcpRouter(address, secret).map(REQUEST, signal);
    assert.equal(nonces.size, 2);
  });

  it('tells of a refusal, and at once of a router that knows only NAT-PMP', async (t) => {
    const refusing = await udpServer(t, (request, reply) => {
      reply(pcpReply(request, 8, 0));
    });
    await assert.rejects(pcpRouter(refusing, 'secret').map(REQUEST, signal), {
      code: 'unreachable',
      message: /result 8/,
    });
    const old = await udpServer(t, (_request, reply) => {
      reply(Buffer.from('0081000100000000', 'hex'));
    });
    await assert.rejects(pcpRouter(old, 'secret').map(REQUEST, signal), {
      code: 'unreachable',
      message: /not know PCP/,
    });
  });
});

const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1';
const DESCRIPTION = `<root><device><deviceList><device><serviceList>
  <service><serviceType>urn:other</serviceType><controlURL>/no</controlURL></service>
  <service><serviceType>${SERVICE}</serviceType><controlURL>/control</controlURL></service>
</serviceList></device></deviceList></device></root>`;

/** A router that answers orders with these UPnP errors in turn, then with success. */
async function upnpRouter(t: TestContext, errors: readonly number[]) {
  const orders: string[] = [];
  const left = [...errors];
  const server = createServer((request, response) => {
    if (request.url === '/description') {
      response.end(DESCRIPTION);
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      orders.push(`${String(request.headers['soapaction'])} ${body}`);
      const error = left.shift();
      response.writeHead(error === undefined ? 200 : 500);
      response.end(`<x><errorCode>${error ?? ''}</errorCode></x>`);
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return { location: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/description`), orders };
}

describe('UPnP', () => {
  it('gets a port, and gives it back', async (t) => {
    const { location, orders } = await upnpRouter(t, []);
    const router = await openUpnpRouter(location, signal);
    assert.deepEqual(await router.map(REQUEST, signal), { externalPort: 7475, lifetimeS: 3_600 });
    assert.match(orders[0] ?? '', /#AddPortMapping" .*<NewInternalClient>127\.0\.0\.1</);
    await router.map({ ...REQUEST, lifetimeS: 0 }, signal);
    assert.match(orders[1] ?? '', /#DeletePortMapping" .*<NewExternalPort>7475</);
  });

  it('takes what the router can: a lease without an end, another port', async (t) => {
    const { location } = await upnpRouter(t, [725, 718]);
    const mapping = await (await openUpnpRouter(location, signal)).map(REQUEST, signal);
    assert.equal(mapping.lifetimeS, 0);
    assert.notEqual(mapping.externalPort, 7475);
    const refusing = await upnpRouter(t, [606]);
    const router = await openUpnpRouter(refusing.location, signal);
    await assert.rejects(router.map(REQUEST, signal), { code: 'unreachable', message: /606/ });
  });

  it('finds routers that answer for themselves alone', async (t) => {
    const reply = 'HTTP/1.1 200 OK\r\nLOCATION: http://127.0.0.1:5000/d.xml\r\n\r\n';
    const group = await udpServer(t, (_search, answer) => {
      for (const text of [reply, reply, reply.replace('127.0.0.1', '10.0.0.1'), 'nonsense']) answer(Buffer.from(text));
    });
    const found = await findGateways(signal, group);
    assert.deepEqual(
      found.map(({ href }) => href),
      ['http://127.0.0.1:5000/d.xml'],
    );
    assert.equal(locationOf(reply.replace('http:', 'file:'), '127.0.0.1'), undefined);
    assert.equal(locationOf('NOTIFY * HTTP/1.1\r\nLOCATION: http://127.0.0.1/\r\n', '127.0.0.1'), undefined);
  });

  it('takes orders to no other machine', () => {
    const location = new URL('http://192.168.1.1:5000/d.xml');
    assert.equal(controlOf(DESCRIPTION, location)?.url.href, 'http://192.168.1.1:5000/control');
    for (const elsewhere of ['http://10.0.0.1/control', 'file:///etc/passwd', '//10.0.0.1/control']) {
      assert.equal(controlOf(DESCRIPTION.replace('>/control<', `>${elsewhere}<`), location), undefined);
    }
  });
});

describe('a port mapping', () => {
  const log = pino({ level: 'silent' });

  it('is kept, told of when it changes, and given back', async () => {
    const asked: MapRequest[] = [];
    let changes = 0;
    const router: Router = {
      by: 'NAT-PMP',
      host: '192.168.1.1',
      map: (request) => {
        asked.push(request);
        return Promise.resolve({ externalPort: 40_000, lifetimeS: request.lifetimeS });
      },
    };
    const findRouters = () => Promise.resolve([router]);
    const mapping = startPortMapping({ port: 7475, secret: '', log, onChange: () => (changes += 1), findRouters });
    await mapping.decided;
    assert.deepEqual([mapping.externalPort(), changes], [40_000, 1]);
    await mapping.close();
    assert.deepEqual(asked.at(-1), { internalPort: 7475, externalPort: 40_000, lifetimeS: 0 });
  });

  it('is not renewed again and again where a router grants it for a century', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let asked = 0;
    const map = (): Promise<Mapping> => {
      asked += 1;
      return Promise.resolve({ externalPort: 40_000, lifetimeS: 0xffff_ffff });
    };
    const findRouters = () => Promise.resolve([{ by: 'PCP', host: '192.168.1.1', map } satisfies Router]);
    const mapping = startPortMapping({ port: 7475, secret: '', log, onChange: () => undefined, findRouters });
    await mapping.decided;
    t.mock.timers.tick(60 * 60_000);
    await nextTurn();
    assert.equal(asked, 1);
    await mapping.close();
  });

  it('is none where no router grants one', async () => {
    const findRouters = () => Promise.resolve([]);
    const onChange = (): void => {
      assert.fail('changed');
    };
    const mapping = startPortMapping({ port: 7475, secret: '', log, onChange, findRouters });
    await mapping.decided;
    assert.equal(mapping.status().state, 'none');
    await mapping.close();
  });
});

describe('where a router may be', () => {
  const INTERFACES = {
    lo: [{ address: '127.0.0.1', netmask: '', family: 'IPv4', mac: '', internal: true, cidr: '127.0.0.1/8' }],
    eth0: [{ address: '192.168.7.9', netmask: '', family: 'IPv4', mac: '', internal: false, cidr: '192.168.7.9/24' }],
  } as const;

  it('is what the table of routes says, or the usual addresses of a network', () => {
    const routes = 'Iface\tDestination\tGateway\nlo\t0000007F\t00000000\neth0\t00000000\t010200C0\n\n';
    assert.deepEqual(defaultGateways(routes), ['192.0.2.1']);
    assert.deepEqual(defaultGateways(''), []);
    assert.deepEqual(usualGateways(INTERFACES), ['192.168.7.1', '192.168.7.254']);
  });

  it('is not between this peer and a server nearby', () => {
    assert.ok(mayBeBehindRouter(INTERFACES, '::', 'meet.example.org'));
    assert.ok(mayBeBehindRouter(INTERFACES, '0.0.0.0', '8.8.8.8'));
    for (const [listening, server] of [
      ['127.0.0.1', '8.8.8.8'],
      ['::', '192.168.7.2'],
      ['::', 'localhost'],
    ] as const) {
      assert.ok(!mayBeBehindRouter(INTERFACES, listening, server));
    }
    assert.ok(!mayBeBehindRouter({ lo: INTERFACES.lo }, '::', '8.8.8.8'));
  });
});
