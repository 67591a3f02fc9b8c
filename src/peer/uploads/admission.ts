import type { ConnectionState } from '../../protocol/messages.ts';
import type { Presenter } from '../../transport/tickets.ts';
import type { PeerConnections } from './peer-connections.ts';

/** Whether a connection may download now, and who it is: as long as the last ticket that it presented is good. */
export type Admission = {
  readonly state: () => ConnectionState;
  /** The username of the last ticket; undefined before the first. It stands for the person: one has it, on all machines and keys. */
  readonly username: () => string | undefined;
  /** @throws SwapmeetError `busy` where the peer has too many connections */
  readonly admit: (presenter: Presenter) => void;
  /** The connection has ended. */
  readonly end: () => void;
};

export function createAdmission(now: () => number, connections: PeerConnections): Admission {
  let holder: Presenter | undefined;
  let leave = (): void => undefined;
  return {
    state: () => (holder && now() < holder.goodUntilMs ? 'admitted' : 'open'),
    username: () => holder?.username,
    admit(presenter) {
      if (presenter.username !== holder?.username) {
        leave();
        leave = connections.enter(presenter.username);
      }
      holder = presenter;
    },
    end() {
      leave();
    },
  };
}
