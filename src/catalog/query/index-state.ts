import type { PeerView } from '../../domain/match.ts';
import { hasBit } from '../segment/bits.ts';
import { listOfEntry, type Segment } from '../segment/segment.ts';

/** A segment as it is now: its lists may have been replaced since, and entries of them removed. */
export type LiveSegment = {
  readonly key: number;
  readonly segment: Segment;
  /** A bit for each entry that was removed or replaced. */
  readonly dead: Uint32Array;
};

/** What queries look at: one state of all lists, which doesn't change while a query runs. */
export type IndexState = {
  readonly segments: readonly LiveSegment[];
  /** Whether this is the list that is in effect for the peer. */
  isCurrent(peer: number, list: number): boolean;
  /** Whether the peer is online, and can be fetched from in a way that counts for this state. */
  isReachable(peer: number, nowMs: number): boolean;
  /** Where a peer that is reachable can be dialled. */
  addressOf(peer: number): string | undefined;
  viewPeer(peer: number): PeerView;
  /** Keys of the peers with the id, or the folded username. */
  peersNamed(name: string, foldedName: string): readonly number[];
};

/** The segment at a place of the state. */
export function liveOf({ segments }: IndexState, at: number): LiveSegment {
  const live = segments[at];
  if (live === undefined) throw new RangeError('an entry of a segment that the state does not have');
  return live;
}

/** Whether an entry is there: of the list in effect, and not removed from it. */
export function isAlive(state: IndexState, { segment, dead }: LiveSegment, entry: number): boolean {
  if (hasBit(dead, entry)) return false;
  const list = listOfEntry(segment, entry);
  return state.isCurrent(segment.listPeers[list] ?? 0, segment.listNumbers[list] ?? 0);
}

/** The key of the peer that has an entry. */
export function peerOf({ segment }: LiveSegment, entry: number): number {
  return segment.listPeers[listOfEntry(segment, entry)] ?? 0;
}
