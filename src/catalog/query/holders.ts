import { CONTENT_BYTES } from '../segment/content-record.ts';
import { hasBit, setBit } from '../segment/bits.ts';
import type { Checkpoint } from '../query-pass.ts';
import { mayHavePrint } from '../segment/print-filter.ts';
import { contentsWithPrint, type Segment } from '../segment/segment.ts';
import { isAlive, liveOf, peerOf, type IndexState } from './index-state.ts';
import type { RecentRecords } from './recent-records.ts';
import type { KnownTwins } from './twins.ts';

/** An entry, by the place of its segment in the state. */
export type EntryRef = { readonly segment: number; readonly entry: number };

/** A content that several entries have: where those of each segment begin, in order of SHA-1. */
export type SharedContent = readonly { readonly segment: number; readonly place: number }[];

/** Peers of one content that are counted one by one: beyond it there are “at least so many”. */
export const HOLDERS_COUNTED_MAX = 1_000;

/** A peer that holds a content, and the entries under which it does: at most `ENTRIES_OF_HOLDER_MAX` of them. */
export type ContentHolder = { readonly peer: number; readonly entries: readonly EntryRef[] };

/** Entries with one content that are looked at, of one peer. */
const ENTRIES_OF_HOLDER_MAX = 64;

/** Finds out who else has what an entry has. */
export type Holders = {
  /** The content of an entry, the same for all that have it; undefined where no other has it. */
  contentOf(segment: number, entry: number): SharedContent | undefined;
  /**
   * The peers that hold the content of the entry; at most `HOLDERS_COUNTED_MAX` of them.
   *
   * @param content of the entry
   */
  holdersOf(content: SharedContent | undefined, ref: EntryRef): readonly ContentHolder[];
  /**
   * How many of these peers can be fetched from.
   *
   * @param content of the entry
   */
  sourceCount(content: SharedContent | undefined, segment: number, entry: number): number;
};

/** The record that others are compared with. */
const record = Buffer.alloc(CONTENT_BYTES);

/**
 * @param known of the segments of the state
 * @param check called for each entry and each content that is looked at: one list may name a content a million times, or
 *   make up a million SHA-1s that begin alike
 */
export function createHolders(
  state: IndexState,
  { known, records }: { readonly known: KnownTwins; readonly records: RecentRecords },
  nowMs: number,
  check: Checkpoint,
): Holders {
  const { segments } = state;
  const all = [...segments.keys()];
  /** By segment and place. */
  const found = new Map<number, SharedContent>();
  const counts = new Map<SharedContent, number>();
  const filters = segments.map(({ segment }) => segment.sha1Filter);
  // Used again for each content: most have few peers.
  const counted = new Set<number>();

  function contentOf(at: number, entry: number): SharedContent | undefined {
    const own = segments[at]?.segment;
    if (own === undefined) return undefined;
    const isShared = hasBit(own.bySha1.shared, entry);
    // Most contents are nowhere else.
    if (!isShared && !mayBeElsewhere(at, own, entry)) return undefined;
    const place = own.bySha1.contents[entry] ?? 0;
    const before = found.get(keyOf(at, place));
    if (before !== undefined) return before;
    const content = gather(at, place, entry);
    if (content.length === 1 && !isShared) return undefined;
    for (const some of content) found.set(keyOf(some.segment, some.place), content);
    return content;
  }

  function mayBeElsewhere(at: number, { bySha1: { contents, prints } }: Segment, entry: number): boolean {
    const own = known.of[at];
    if (own !== undefined && hasBit(own.twins, entry)) return true;
    const others = own === undefined ? all : known.unknown;
    if (others.length === 0) return false;
    const print = prints[contents[entry] ?? 0] ?? 0;
    for (const other of others) {
      const filter = filters[other];
      if (other !== at && filter !== undefined && mayHavePrint(filter, print)) return true;
    }
    return false;
  }

  /** Finds a content in all segments: where the prints are equal, and it is not known what that means, the records are compared. */
  function gather(own: number, place: number, entry: number): SharedContent {
    const print = liveOf(state, own).segment.bySha1.prints[place] ?? 0;
    const content = [{ segment: own, place }];
    const sure = known.of[own]?.sure;
    const isSure = sure !== undefined && hasBit(sure, place);
    let isRead = false;
    let isUnique = true;
    for (let at = 0; at < segments.length; at += 1) {
      const { segment } = liveOf(state, at);
      if (at === own || !mayHavePrint(segment.sha1Filter, print)) continue;
      for (const other of contentsWithPrint(segment, print)) {
        check();
        const isKnown = isSure && known.of[at] !== undefined;
        if (!isKnown && !isRead) copyRecord(own, entry);
        isRead ||= !isKnown;
        if (isKnown || isRecordOf(segment, other)) content.push({ segment: at, place: other });
        else isUnique = false;
      }
    }
    if (sure !== undefined && isUnique) setBit(sure, place);
    return content;
  }

  /** Whether a content is the one whose record was copied. */
  function isRecordOf(segment: Segment, place: number): boolean {
    const from = records.find(segment, segment.bySha1.entries[place] ?? 0);
    return records.bytes.compare(record, 0, CONTENT_BYTES, from, from + CONTENT_BYTES) === 0;
  }

  function copyRecord(at: number, entry: number): void {
    const from = records.find(liveOf(state, at).segment, entry);
    records.bytes.copy(record, 0, from, from + CONTENT_BYTES);
  }

  /** Calls back with the living entries of a content, until that says that it has enough. */
  function eachHeld(content: SharedContent, visit: (peer: number, segment: number, entry: number) => boolean): void {
    for (const { segment: at, place } of content) {
      const live = segments[at];
      if (live === undefined) continue;
      const { prints, entries, contents } = live.segment.bySha1;
      // Other contents have other prints, but for a few: that is seen without looking at where the next entry’s content begins.
      for (let next = place; prints[next] === prints[place]; next += 1) {
        const entry = entries[next] ?? 0;
        if (next > place && contents[entry] !== place) break;
        check();
        if (isAlive(state, live, entry) && !visit(peerOf(live, entry), at, entry)) return;
      }
    }
  }

  function gatherHolders(content: SharedContent): readonly ContentHolder[] {
    const byPeer = new Map<number, EntryRef[]>();
    eachHeld(content, (peer, segment, entry) => {
      const entries = byPeer.get(peer) ?? [];
      if (entries.length < ENTRIES_OF_HOLDER_MAX) entries.push({ segment, entry });
      byPeer.set(peer, entries);
      return byPeer.size < HOLDERS_COUNTED_MAX;
    });
    return Array.from(byPeer, ([peer, entries]) => ({ peer, entries }));
  }

  function countSources(content: SharedContent): number {
    let reachable = 0;
    counted.clear();
    eachHeld(content, (peer) => {
      if (counted.has(peer)) return true;
      counted.add(peer);
      if (state.isReachable(peer, nowMs)) reachable += 1;
      return counted.size < HOLDERS_COUNTED_MAX;
    });
    return reachable;
  }

  function peerOfEntry(at: number, entry: number): number {
    const live = segments[at];
    return live === undefined ? 0 : peerOf(live, entry);
  }

  return {
    contentOf,
    holdersOf: (content, ref) => {
      if (content !== undefined) return gatherHolders(content);
      return [{ peer: peerOfEntry(ref.segment, ref.entry), entries: [ref] }];
    },
    sourceCount: (content, segment, entry) => {
      if (content === undefined) return state.isReachable(peerOfEntry(segment, entry), nowMs) ? 1 : 0;
      const known = counts.get(content);
      if (known !== undefined) return known;
      const count = countSources(content);
      counts.set(content, count);
      return count;
    },
  };
}

function keyOf(segment: number, place: number): number {
  return segment * 2 ** 32 + place;
}
