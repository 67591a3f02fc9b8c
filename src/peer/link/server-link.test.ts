import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFakeServer, never, refuse } from '../../../test/support/fake-server.ts';
import { settles, startLink, TIMING } from '../../../test/support/link-fixture.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { REGISTRATION_TTL_MS } from '../../domain/presence.ts';

describe('a link to the server', () => {
  it('is online once logged in, and gives what the session was given', async (t) => {
    const server = await createFakeServer(t, {
      LOGIN: () => Promise.resolve({ ticket: 'one', resumeToken: 'again', address: '192.0.2.7:7475' }),
    });
    const { link, account } = await startLink(t, server);
    assert.equal(link.ticket(), undefined);
    await assert.rejects(link.call('SHOW_PEERS', { filter: 'all' }), { code: 'disconnected' });
    assert.equal(await link.online(t.signal), 'id-1');
    assert.deepEqual(link.status(), { state: 'online', id: 'id-1', address: '192.0.2.7:7475' });
    assert.equal(link.ticket(), 'one');
    assert.equal(link.serverCertificate()?.key, server.key);
    assert.deepEqual(account(), { username: 'ada', password: 'secret', id: 'id-1', resumeToken: 'again' });
    assert.deepEqual(await link.call('SHOW_PEERS', { filter: 'all' }), { rows: [], next: undefined });
  });

  it('logs out when it is closed', async (t) => {
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server);
    await link.online(t.signal);
    await link.close();
    const request = { username: 'ada', password: 'secret', id: 'id-1' };
    assert.deepEqual(server.asked.at(-1), { name: 'LOGOUT', request });
    await link.finished;
    await assert.rejects(link.call('SHOW_PEERS', { filter: 'all' }), { code: 'disconnected' });
  });
});

describe('a link whose connection is lost', () => {
  it('resumes with the newest token, and tells of each session', async (t) => {
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server);
    let sessions = 0;
    const forget = link.onOnline(() => (sessions += 1));
    for (let round = 1; round <= 3; round += 1) {
      await server.heard('RESUME', round - 1);
      await link.online(t.signal);
      assert.equal(sessions, round);
      if (round === 3) forget();
      server.drop();
    }
    await server.heard('RESUME', 3);
    await link.online(t.signal);
    assert.equal(sessions, 3);
    assert.deepEqual(server.names(), ['REGISTER', 'LOGIN', 'RESUME', 'RESUME', 'RESUME']);
    assert.deepEqual(server.asked.at(-1)?.request, { id: 'id-1', token: 'resume-3', port: 7475 });
  });

  for (const [lot, expected] of [
    [0, [2, 4, 8, 8]],
    [1, [4, 8, 16, 16]],
  ] as const) {
    it(`waits twice as long after each failure, up to a limit, times a half to one by lot (${lot})`, async (t) => {
      const server = await createFakeServer(t, { REGISTER: refuse('busy') });
      const nowMs = 1_000_000;
      const { link, waits } = await startLink(t, server, { random: () => lot, now: () => nowMs });
      await server.heard('REGISTER', 5);
      assert.deepEqual(waits.slice(0, 4), expected);
      // As soon as the fifth was refused, too.
      while (waits.length < 5) await sleep(1);
      const status = link.status();
      assert.ok(status.state === 'offline' && status.code === 'busy');
      assert.equal(status.retryAtMs, nowMs + expected[3]);
    });
  }

  it('begins with the shortest wait again after a session', async (t) => {
    let tries = 0;
    const server = await createFakeServer(t, {
      REGISTER: () => {
        tries += 1;
        return tries < 4 ? refuse('busy')() : Promise.resolve({ id: 'id-1' });
      },
    });
    const { link, waits } = await startLink(t, server);
    await link.online(t.signal);
    server.drop();
    await server.heard('RESUME');
    assert.deepEqual(waits, [4, 8, 16, 4]);
  });

  it('goes on after the server says that it stops', async (t) => {
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server);
    await link.online(t.signal);
    server.drop(new SwapmeetError('shutting-down', 'the server stops'));
    await server.heard('RESUME');
    assert.equal(await link.online(t.signal), 'id-1');
  });
});

describe('a link that is refused for good', () => {
  for (const code of ['name-taken', 'invite-needed', 'bad-name'] as const) {
    it(`stops trying at ${code}, and says so`, async (t) => {
      const server = await createFakeServer(t, { REGISTER: refuse(code) });
      const { link, waits } = await startLink(t, server);
      await assert.rejects(link.finished, { code });
      assert.deepEqual(link.status(), { state: 'refused', code, message: 'as the test has it' });
      assert.deepEqual(waits, []);
      await link.close();
      assert.deepEqual(server.names(), ['REGISTER']);
    });
  }

  it('does not fight with the newer session that took over', async (t) => {
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server);
    await link.online(t.signal);
    server.drop(new SwapmeetError('taken-over', 'a newer LOGIN'));
    await assert.rejects(link.finished, { code: 'taken-over' });
    assert.equal(link.status().state, 'refused');
  });

  it('tells nothing to a server with another key', async (t) => {
    const server = await createFakeServer(t);
    const { link } = await startLink(t, { ...server, key: '0'.repeat(64) });
    await assert.rejects(link.finished, { code: 'wrong-key' });
    assert.deepEqual(server.asked, []);
  });
});

describe('keep-alive', () => {
  const timing = { ...TIMING, keepAliveIntervalMs: 5 };

  it('is sent at each interval, and brings new tickets and the address', async (t) => {
    const server = await createFakeServer(t, {
      KEEP_ALIVE: () => Promise.resolve({ ticket: 'newer', address: '192.0.2.7:7475' }),
    });
    const { link, account } = await startLink(t, server, { timing });
    assert.equal(await link.online(t.signal), 'id-1');
    assert.equal(link.ticket(), 'ticket-1');
    await server.heard('KEEP_ALIVE', 3);
    assert.deepEqual(server.asked.at(-1)?.request, { id: 'id-1' });
    assert.equal(link.ticket(), 'newer');
    assert.deepEqual(link.status(), { state: 'online', id: 'id-1', address: '192.0.2.7:7475' });
    assert.equal(account().resumeToken, 'resume-1');
  });

  it('that is refused leads to a new session', async (t) => {
    const server = await createFakeServer(t, { KEEP_ALIVE: refuse('not-logged-in') });
    const { link } = await startLink(t, server, { timing });
    await server.heard('RESUME', 2);
    assert.equal(await link.online(t.signal), 'id-1');
  });

  it('does not keep a session for ever: only a login renews the registration', async (t) => {
    let nowMs = 0;
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server, { timing, now: () => nowMs });
    await link.online(t.signal);
    await server.heard('KEEP_ALIVE', 2);
    assert.ok(!server.names().includes('RESUME'));
    nowMs = REGISTRATION_TTL_MS / 2;
    await server.heard('RESUME');
    assert.equal(await link.online(t.signal), 'id-1');
  });
});

describe('a link that is closed', () => {
  it('ends at once amid a login that is not answered', async (t) => {
    const server = await createFakeServer(t, { LOGIN: never });
    const { link } = await startLink(t, server);
    await server.heard('LOGIN');
    await settles(link.close());
    await settles(link.finished);
    assert.deepEqual(server.names(), ['REGISTER', 'LOGIN']);
  });

  it('ends when the login succeeds all the same, and no session begins', async (t) => {
    const kept = Promise.withResolvers<undefined>();
    const keeping = Promise.withResolvers<undefined>();
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server, {
      keep: ({ resumeToken }) => {
        if (resumeToken === undefined) return Promise.resolve();
        keeping.resolve(undefined);
        return kept.promise;
      },
    });
    let sessions = 0;
    link.onOnline(() => (sessions += 1));
    await keeping.promise;
    const closed = link.close();
    kept.resolve(undefined);
    await settles(closed);
    assert.equal(sessions, 0);
    assert.notEqual(link.status().state, 'online');
  });

  it('ends at once amid a handshake', async (t) => {
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    t.after(() => mute.close());
    const address = mute.address();
    assert.ok(typeof address === 'object' && address);
    const dialled = new Promise((resolve) => mute.once('connection', resolve));
    const { link } = await startLink(t, { host: '127.0.0.1', port: address.port, key: '0'.repeat(64) });
    await dialled;
    await settles(link.close());
  });

  it('ends at once while it waits for its next try', async (t) => {
    const server = await createFakeServer(t, { REGISTER: refuse('busy') });
    const { link, waits } = await startLink(t, server, {
      timing: { ...TIMING, retry: { firstMs: 60_000, lastMs: 60_000 } },
    });
    while (waits.length === 0) await sleep(1);
    await settles(link.close());
  });

  it('does not wait for the reply to a list for longer than for one to LOGOUT', async (t) => {
    const server = await createFakeServer(t, { LIST_COMMIT: never });
    const { link } = await startLink(t, server);
    await link.online(t.signal);
    const published = assert.rejects(link.call('LIST_COMMIT', { token: 't', parts: 1 }), { code: 'disconnected' });
    await server.heard('LIST_COMMIT');
    await settles(link.close());
    await published;
  });
});

describe('who waits for a session', () => {
  it('is told why when its signal aborts, before or while it waits', async (t) => {
    const server = await createFakeServer(t, { REGISTER: never });
    const { link } = await startLink(t, server);
    const stop = new AbortController();
    const reason = new SwapmeetError('shutting-down', 'this peer stops');
    const waiting = assert.rejects(link.online(stop.signal), reason);
    stop.abort(reason);
    await waiting;
    await assert.rejects(link.online(stop.signal), reason);
    assert.deepEqual(getEventListeners(stop.signal, 'abort'), []);
  });

  it('leaves nothing at a signal that lasts', async (t) => {
    const server = await createFakeServer(t);
    const { link } = await startLink(t, server);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => link.online(signal)));
    for (let round = 0; round < 20; round += 1) await link.online(signal);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});
