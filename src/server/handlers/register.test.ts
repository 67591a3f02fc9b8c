import assert from 'node:assert/strict';
import { it } from 'node:test';
import pino from 'pino';
import { SwapmeetError } from '../../domain/errors.ts';
import { createKeyedLock } from '../../domain/keyed-lock.ts';
import { createNewcomerLimiter } from '../newcomer-limiter.ts';
import type { Session } from '../session.ts';
import { createParts } from '../parts.ts';
import { createSessions } from '../sessions.ts';
import { createTryLimiter } from '../try-limiter.ts';
import { register } from './register.ts';

const INVITE = 'an-invite';

const session: Session = {
  remoteAddress: '198.51.100.1',
  certificate: undefined,
  state: { kind: 'open' },
  end: () => undefined,
  push: () => Promise.resolve(),
};

it('takes a bounded number of lists that are refused from one address, invite or not', async () => {
  let hashed = 0;
  const context: Parameters<typeof register>[0] = {
    catalog: {
      findByUsername: () => Promise.resolve(undefined),
      register: () => Promise.reject(new SwapmeetError('bad-line', 'line 1 does not parse')),
    },
    invite: INVITE,
    passwords: {
      hash: () => {
        hashed += 1;
        return Promise.resolve('hash');
      },
      verify: () => Promise.resolve(false),
    },
    tries: createTryLimiter(() => 0),
    newcomers: createNewcomerLimiter(() => 0),
    accounts: createKeyedLock(),
    sessions: createSessions(createParts()),
    standing: {
      call: () => Promise.reject(new SwapmeetError('internal', 'not called')),
      waiting: () => Promise.resolve([]),
      published: () => undefined,
      onNews: () => undefined,
      close: () => Promise.resolve(),
    },
    log: pino({ level: 'silent' }),
    now: () => 0,
  };
  const attempt = (): Promise<unknown> =>
    register(context, session, { username: 'ann', password: 'secret', fileList: Buffer.from('x'), invite: INVITE });
  for (let tries = 0; tries < 20; tries += 1) await assert.rejects(attempt(), { code: 'bad-line' });
  await assert.rejects(attempt(), { code: 'busy' });
  assert.equal(hashed, 20);
});
