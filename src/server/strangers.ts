import { SwapmeetError } from '../domain/errors.ts';
import { scopeOf } from '../catalog/address-scope.ts';
import { networkOf } from '../transport/network-of.ts';
import type { Session } from './session.ts';

export type StrangerLimits = { readonly most: number; readonly mostPerNetwork: number };

/**
 * Bounds the connections on which nobody has logged in, so that they can't keep out those who would. From one network there may
 * be fewer than in all; everybody on the server's own machine shares one address, so that one is bounded by the total alone.
 */
export type Strangers = {
  /** Counts a connection until it has logged in or left. @throws SwapmeetError `busy` where it would be one too many */
  admit(session: Session): void;
  leave(session: Session): void;
};

/** As many from one network as may wait for their password to be checked, and some. */
const LIMITS: StrangerLimits = { most: 10_000, mostPerNetwork: 500 };

export function createStrangers({ most, mostPerNetwork }: StrangerLimits = LIMITS): Strangers {
  const networks = new Map<Session, string>();

  function forgetKnown(): void {
    for (const session of networks.keys()) if (session.state.kind === 'logged-in') networks.delete(session);
  }

  function isFull(address: string): boolean {
    if (networks.size >= most) return true;
    if (networks.size < mostPerNetwork || scopeOf(address) === 'loopback') return false;
    const network = networkOf(address);
    let count = 0;
    for (const other of networks.values()) if (other === network) count += 1;
    return count >= mostPerNetwork;
  }

  return {
    admit(session) {
      forgetKnown();
      if (isFull(session.remoteAddress)) {
        throw new SwapmeetError('busy', 'too many connections wait for a login; try again in a minute');
      }
      networks.set(session, networkOf(session.remoteAddress));
    },
    leave(session) {
      networks.delete(session);
    },
  };
}
