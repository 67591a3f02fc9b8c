import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import type { SessionAddress } from '../catalog/catalog.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { createKeyedLock } from '../domain/keyed-lock.ts';
import { createReach } from './reach.ts';

const HOLDER = { id: '4f2a', username: 'alice' };
const TARGET = { address: '192.0.2.1', port: 7475 };

/** A reach whose dial-backs end when the test says so, and what it published. */
function setUp() {
  const dialled: PromiseWithResolvers<undefined>[] = [];
  const published: (SessionAddress | undefined)[] = [];
  const accounts = createKeyedLock();
  const context = {
    accounts,
    catalog: {
      setAddress: (_id: string, address: SessionAddress | undefined) => {
        published.push(address);
        return Promise.resolve();
      },
    },
    dialBack: () => {
      const attempt = Promise.withResolvers<undefined>();
      dialled.push(attempt);
      return attempt.promise;
    },
    log: pino({ enabled: false }),
  };
  return { reach: createReach(context, HOLDER, TARGET, 'key'), dialled, published, accounts };
}

describe('reach', () => {
  it('publishes the address once it was dialled, and dials no more', async () => {
    const { reach, dialled, published } = setUp();
    const attempt = reach.attempt();
    assert.equal(reach.address(), undefined);
    dialled[0]?.resolve(undefined);
    await attempt;
    assert.deepEqual(published, [{ ...TARGET, key: 'key' }]);
    assert.deepEqual(reach.address(), TARGET);
    await reach.attempt();
    assert.equal(dialled.length, 1);
  });

  it('makes one attempt at a time, and another after a failure', async () => {
    const { reach, dialled, published } = setUp();
    const attempts = [reach.attempt(), reach.attempt()];
    assert.equal(dialled.length, 1);
    dialled[0]?.reject(new SwapmeetError('unreachable', 'nobody there'));
    await Promise.all(attempts);
    assert.deepEqual(published, []);
    const next = reach.attempt();
    assert.equal(dialled.length, 2);
    dialled[1]?.resolve(undefined);
    await next;
    assert.deepEqual(reach.address(), TARGET);
  });

  it('publishes nothing for a session that ended meanwhile, not even while it waited for the account', async () => {
    const { reach, dialled, published, accounts } = setUp();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const ending = accounts.run(HOLDER.username, () => promise);
    const attempt = reach.attempt();
    dialled[0]?.resolve(undefined);
    await new Promise(setImmediate);
    reach.stop();
    resolve(undefined);
    await Promise.all([ending, attempt]);
    assert.deepEqual(published, []);
    assert.equal(reach.address(), undefined);
  });
});
