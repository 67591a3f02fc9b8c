import type { LoggedIn } from '../../src/server/session.ts';

/** A session of a peer whose id is its name, too. */
export function loggedIn(id: string, remoteAddress = '127.0.0.1'): LoggedIn {
  return {
    kind: 'logged-in',
    id,
    username: id,
    session: {
      remoteAddress,
      certificate: undefined,
      state: { kind: 'open' },
      end: () => undefined,
      push: () => Promise.resolve(),
    },
    lan: [],
    reach: { address: () => undefined, attempt: () => Promise.resolve(), stop: () => undefined },
    pulse: { beat: () => undefined },
    matches: { notify: () => undefined, again: () => undefined, stop: () => undefined },
  };
}
