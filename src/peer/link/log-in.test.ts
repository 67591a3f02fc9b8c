import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createFakeServer, refuse, type FakeServer } from '../../../test/support/fake-server.ts';
import type { WireCode } from '../../domain/errors.ts';
import { createCaller } from '../../transport/caller.ts';
import { dial } from '../../transport/dialler.ts';
import { generateIdentity } from '../../transport/identity.ts';
import { logIn, type Account } from './log-in.ts';

const WHEREABOUTS = { port: 7475 };
const NEWCOMER: Account = { username: 'ada', password: 'secret', invite: 'come-in' };
const REGISTERED: Account = { ...NEWCOMER, id: 'id-kept' };
const RETURNING: Account = { ...REGISTERED, resumeToken: 'resume-kept' };

const LOGIN_NEW = { username: 'ada', password: 'secret', id: 'id-1', ...WHEREABOUTS };
const LOGIN_KEPT = { ...LOGIN_NEW, id: 'id-kept' };

async function connect(t: TestContext, answers: FakeServer['answers']) {
  const server = await createFakeServer(t, answers);
  const channel = await dial({ ...server, expectedKey: server.key, identity: await generateIdentity() });
  const caller = createCaller(channel);
  t.after(() => {
    caller.close();
  });
  const registered: string[] = [];
  const enter = (account: Account) =>
    logIn(caller, account, WHEREABOUTS, (id) => {
      // What is lost when it stops in between is the registration: it has to be kept before its first use.
      assert.equal(server.names().at(-1), 'REGISTER');
      registered.push(id);
      return Promise.resolve();
    });
  return { server, caller, enter, registered };
}

describe('logIn', () => {
  it('registers a newcomer by invite, with no files yet, keeps the id and then logs in', async (t) => {
    const { server, enter, registered } = await connect(t, {});
    const session = await enter(NEWCOMER);
    assert.deepEqual(session, { id: 'id-1', ticket: 'ticket-1', resumeToken: 'resume-1', address: undefined });
    assert.deepEqual(registered, ['id-1']);
    const [register, login] = server.asked;
    assert.deepEqual(register, {
      name: 'REGISTER',
      request: { username: 'ada', password: 'secret', fileList: Buffer.alloc(0), invite: 'come-in' },
    });
    assert.deepEqual(login, { name: 'LOGIN', request: LOGIN_NEW });
  });

  it('logs in with the password where there is no token', async (t) => {
    const { server, enter, registered } = await connect(t, {});
    assert.equal((await enter(REGISTERED)).id, 'id-kept');
    assert.deepEqual(server.asked, [{ name: 'LOGIN', request: LOGIN_KEPT }]);
    assert.deepEqual(registered, []);
  });

  it('resumes without the password where there is a token', async (t) => {
    const { server, enter } = await connect(t, {});
    const session = await enter(RETURNING);
    assert.deepEqual(session, { id: 'id-kept', ticket: 'ticket-1', resumeToken: 'resume-1', address: undefined });
    const request = { id: 'id-kept', token: 'resume-kept', ...WHEREABOUTS };
    assert.deepEqual(server.asked, [{ name: 'RESUME', request }]);
  });

  for (const code of ['bad-token', 'unknown-id'] as const) {
    it(`logs in with the password when RESUME is refused as ${code}`, async (t) => {
      const { server, enter } = await connect(t, { RESUME: refuse(code) });
      assert.equal((await enter(RETURNING)).id, 'id-kept');
      assert.deepEqual(server.names(), ['RESUME', 'LOGIN']);
    });
  }

  for (const code of ['wrong-password', 'unknown-id'] as const) {
    it(`registers anew when LOGIN is refused as ${code}: the server may have lost the registration`, async (t) => {
      let logins = 0;
      const { server, enter, registered } = await connect(t, {
        RESUME: refuse('bad-token'),
        LOGIN: () => {
          logins += 1;
          return logins === 1 ? refuse(code)() : Promise.resolve({ ticket: 'new' });
        },
      });
      const session = await enter(RETURNING);
      assert.deepEqual({ id: session.id, ticket: session.ticket }, { id: 'id-1', ticket: 'new' });
      assert.deepEqual(registered, ['id-1']);
      assert.deepEqual(server.names(), ['RESUME', 'LOGIN', 'REGISTER', 'LOGIN']);
    });
  }

  const refusals: readonly (readonly ['RESUME' | 'LOGIN' | 'REGISTER', WireCode, Account])[] = [
    ['RESUME', 'busy', RETURNING],
    ['RESUME', 'shutting-down', RETURNING],
    ['LOGIN', 'busy', REGISTERED],
    ['LOGIN', 'internal', REGISTERED],
    ['REGISTER', 'name-taken', NEWCOMER],
    ['REGISTER', 'invite-needed', NEWCOMER],
    ['REGISTER', 'busy', NEWCOMER],
  ];
  for (const [name, code, account] of refusals) {
    it(`asks for nothing more when ${name} is refused as ${code}`, async (t) => {
      const { server, enter, registered } = await connect(t, { [name]: refuse(code) });
      await assert.rejects(enter(account), { code });
      assert.deepEqual(server.names(), [name]);
      assert.deepEqual(registered, []);
    });
  }

  it('asks for nothing more when LOGIN is refused after a REGISTER: the id is kept for the next time', async (t) => {
    const { server, enter, registered } = await connect(t, { LOGIN: refuse('wrong-password') });
    await assert.rejects(enter(NEWCOMER), { code: 'wrong-password' });
    assert.deepEqual(server.names(), ['REGISTER', 'LOGIN']);
    assert.deepEqual(registered, ['id-1']);
  });

  it('does not log in with an id that could not be kept', async (t) => {
    const { server, caller } = await connect(t, {});
    const full = new Error('the disk is full');
    await assert.rejects(
      logIn(caller, NEWCOMER, WHEREABOUTS, () => Promise.reject(full)),
      full,
    );
    assert.deepEqual(server.names(), ['REGISTER']);
  });
});
