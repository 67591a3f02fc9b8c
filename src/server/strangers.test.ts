import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoggedIn, Session } from './session.ts';
import { createStrangers } from './strangers.ts';

function sessionFrom(remoteAddress: string): Session {
  return {
    remoteAddress,
    certificate: undefined,
    state: { kind: 'open' },
    end: () => undefined,
    push: () => Promise.resolve(),
  };
}

function logIn(session: Session): void {
  const peer: LoggedIn = {
    kind: 'logged-in',
    id: 'a',
    username: 'ann',
    session,
    lan: [],
    reach: { address: () => undefined, attempt: () => Promise.resolve(), stop: () => undefined },
    pulse: { beat: () => undefined },
    matches: { notify: () => undefined, again: () => undefined, stop: () => undefined },
  };
  session.state = peer;
}

describe('strangers', () => {
  const limits = { most: 5, mostPerNetwork: 2 };

  it('are bounded for each network, by its IPv4 address or /64 of IPv6', () => {
    const strangers = createStrangers(limits);
    const admit = (address: string) => () => {
      strangers.admit(sessionFrom(address));
    };
    admit('198.51.100.1')();
    admit('198.51.100.1')();
    assert.throws(admit('::ffff:198.51.100.1'), { code: 'busy' });
    admit('198.51.100.2')();
    admit('2001:db8::1')();
    admit('2001:db8::2')();
    assert.throws(admit('192.0.2.1'), { code: 'busy' }, 'five in all');
  });

  it('on the server’s own machine are bounded by the total alone', () => {
    const strangers = createStrangers(limits);
    for (let round = 0; round < 5; round += 1) strangers.admit(sessionFrom('127.0.0.1'));
    assert.throws(() => {
      strangers.admit(sessionFrom('127.0.0.1'));
    });
  });

  it('make room by leaving and by logging in', () => {
    const strangers = createStrangers(limits);
    const sessions = Array.from({ length: 2 }, () => sessionFrom('198.51.100.1'));
    const [one, other] = sessions;
    assert.ok(one && other);
    for (const session of sessions) strangers.admit(session);
    logIn(one);
    strangers.admit(sessionFrom('198.51.100.1'));
    strangers.leave(other);
    strangers.admit(sessionFrom('198.51.100.1'));
    assert.throws(() => {
      strangers.admit(sessionFrom('198.51.100.1'));
    });
  });
});
