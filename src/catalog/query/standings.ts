import { liveOf, type IndexState } from './index-state.ts';

/** What a list says of its entries where another one is in effect. */
export const GONE = 2;
const UNKNOWN = 0;
/** Of the first peer: with one bit more, numbers are above `GONE`. */
const FIRST = 2;

/**
 * What lists say of their entries, found out once a query: nothing (`GONE`), or in one number which peer has them, and whether that can
 * be fetched from. Peers are numbered in the order in which they are met, so that what is gathered of them lies in columns.
 */
export type Standings = {
  of(segment: number, list: number): number;
  /** The peer with a number. */
  peer(number: number): number;
};

export function isSource(standing: number): boolean {
  return (standing & 1) === 1;
}

/** The number of the peer; `standing` is not `GONE`. */
export function numberOf(standing: number): number {
  return (standing >>> 1) - FIRST;
}

export function createStandings(state: IndexState, nowMs: number): Standings {
  const known = state.segments.map(({ segment }) => new Uint32Array(segment.listCount));
  const peers: number[] = [];
  const numbers = new Map<number, number>();

  function numberOfPeer(peer: number): number {
    const before = numbers.get(peer);
    if (before !== undefined) return before;
    numbers.set(peer, peers.length);
    return peers.push(peer) - 1;
  }

  function find(at: number, list: number): number {
    const { listPeers, listNumbers } = liveOf(state, at).segment;
    const peer = listPeers[list] ?? 0;
    if (!state.isCurrent(peer, listNumbers[list] ?? 0)) return GONE;
    return ((numberOfPeer(peer) + FIRST) << 1) | Number(state.isReachable(peer, nowMs));
  }

  return {
    of: (at, list) => {
      const standings = known[at];
      const before = standings?.[list];
      if (standings === undefined || before === undefined) return GONE;
      return before === UNKNOWN ? (standings[list] = find(at, list)) : before;
    },
    peer: (number) => peers[number] ?? 0,
  };
}
