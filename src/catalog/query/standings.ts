import { liveOf, type IndexState } from './index-state.ts';

/** What a list says of its entries: nothing, as another one is in effect; or that their peer can be fetched from, or can't be. */
export const GONE = 1;
export const OFFLINE = 2;
export const ONLINE = 3;
const UNKNOWN = 0;

/** What lists say, each found out once a query. */
export type Standings = {
  of(segment: number, list: number): number;
  /** The number of a list’s peer: they are numbered from 0 on as they are asked for, so that what is gathered of them lies in columns. */
  numberOf(segment: number, list: number): number;
};

export function createStandings(state: IndexState, nowMs: number): Standings {
  const known = state.segments.map(({ segment }) => new Uint8Array(segment.listCount));
  /** The numbers of peers, from 1 on: by list, and by peer. */
  const ofLists = state.segments.map(({ segment }) => new Uint32Array(segment.listCount));
  const ofPeers = new Map<number, number>();

  function find(at: number, list: number): number {
    const { listPeers, listNumbers } = liveOf(state, at).segment;
    const peer = listPeers[list] ?? 0;
    if (!state.isCurrent(peer, listNumbers[list] ?? 0)) return GONE;
    return state.isReachable(peer, nowMs) ? ONLINE : OFFLINE;
  }

  function findNumber(at: number, list: number): number {
    const peer = liveOf(state, at).segment.listPeers[list] ?? 0;
    const before = ofPeers.get(peer);
    if (before !== undefined) return before;
    const number = ofPeers.size + 1;
    ofPeers.set(peer, number);
    return number;
  }

  return {
    of: (at, list) => {
      const standings = known[at];
      const before = standings?.[list];
      if (standings === undefined || before === undefined) return GONE;
      return before === UNKNOWN ? (standings[list] = find(at, list)) : before;
    },
    numberOf: (at, list) => {
      const numbers = ofLists[at];
      const before = numbers?.[list] ?? 0;
      if (numbers === undefined || before !== 0) return before - 1;
      return (numbers[list] = findNumber(at, list)) - 1;
    },
  };
}
