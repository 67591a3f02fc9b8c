import { SwapmeetError } from '../../domain/errors.ts';

/** A peer needs one for each of its downloads; those of one that opens very many are no longer there for the others. */
const CONNECTIONS_A_PEER_MAX = 64;

/** How many connections each peer has. */
export type PeerConnections = {
  /** Returns how to leave, which may be called again. @throws SwapmeetError `busy` */
  enter(username: string): () => void;
};

export function createPeerConnections(): PeerConnections {
  const counts = new Map<string, number>();
  return {
    enter(username) {
      const count = counts.get(username) ?? 0;
      if (count >= CONNECTIONS_A_PEER_MAX) {
        throw new SwapmeetError('busy', `a peer may have ${CONNECTIONS_A_PEER_MAX} connections here: close one first`);
      }
      counts.set(username, count + 1);
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        const left = (counts.get(username) ?? 1) - 1;
        if (left > 0) counts.set(username, left);
        else counts.delete(username);
      };
    },
  };
}
