import { CONTENT_BYTES } from '../segment/content-record.ts';
import { hasBit, setBit } from '../segment/bits.ts';
import type { Checkpoint } from '../query-pass.ts';
import { mayHavePrint } from '../segment/print-filter.ts';
import { contentsWithPrint, listOfEntry, type Segment } from '../segment/segment.ts';
import { liveOf, peerOf, type IndexState } from './index-state.ts';
import type { RecentRecords } from './recent-records.ts';
import { createStandings, GONE, ONLINE } from './standings.ts';
import type { KnownTwins } from './twins.ts';

/** An entry, by the place of its segment in the state. */
export type EntryRef = { readonly segment: number; readonly entry: number };

/** A content that several entries have. */
export type SharedContent = {
  /** Its number among those that were found for the query, from 0 on. */
  readonly id: number;
  /** Where its entries of each segment begin, in order of SHA-1. */
  readonly places: readonly { readonly segment: number; readonly place: number }[];
};

/** Peers of one content that are counted one by one: beyond it there are “at least so many”. */
export const HOLDERS_COUNTED_MAX = 1_000;

/** A peer that holds a content, and the entries under which it does: at most `ENTRIES_OF_HOLDER_MAX` of them. */
export type ContentHolder = {
  readonly peer: number;
  /** Whether it can be fetched from now. */
  readonly isSource: boolean;
  readonly entries: readonly EntryRef[];
};

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
  /** By segment, then by place. */
  const found = segments.map(() => new Map<number, SharedContent>());
  let foundCount = 0;
  /** By content. */
  const counts: (number | undefined)[] = [];
  const standings = createStandings(state, nowMs);
  const filters = segments.map(({ segment }) => segment.sha1Filter);
  /** By the number of a peer: in which count it was met last, and at which place of what was gathered then. */
  const peersMax = segments.reduce((sum, { segment }) => sum + segment.listCount, 0);
  const countOf = new Uint32Array(peersMax);
  const placeOf = new Uint32Array(peersMax);
  let lastCount = 0;

  function contentOf(at: number, entry: number): SharedContent | undefined {
    const own = segments[at]?.segment;
    if (own === undefined) return undefined;
    const isShared = hasBit(own.bySha1.shared, entry);
    const isElsewhere = mayBeElsewhere(at, own, entry);
    // Most contents are nowhere else.
    if (!isShared && !isElsewhere) return undefined;
    const place = own.bySha1.contents[entry] ?? 0;
    const before = found[at]?.get(place);
    if (before !== undefined) return before;
    const places = isElsewhere ? gather(at, place, entry) : [{ segment: at, place }];
    if (places.length === 1 && !isShared) return undefined;
    const content = { id: foundCount, places };
    foundCount += 1;
    for (const some of places) found[some.segment]?.set(some.place, content);
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
  function gather(own: number, place: number, entry: number): SharedContent['places'] {
    const print = liveOf(state, own).segment.bySha1.prints[place] ?? 0;
    const places = [{ segment: own, place }];
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
        if (isKnown || isRecordOf(segment, other)) places.push({ segment: at, place: other });
        else isUnique = false;
      }
    }
    if (sure !== undefined && isUnique) setBit(sure, place);
    return places;
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

  /** Calls back with the living entries of a content, and what their lists say, until that says that it has enough. */
  function eachHeld(
    { places }: SharedContent,
    visit: (isSource: boolean, segment: number, entry: number, list: number) => boolean,
  ): void {
    for (const { segment: at, place } of places) {
      const live = liveOf(state, at);
      const { prints, entries, contents } = live.segment.bySha1;
      // Other contents have other prints, but for a few: that is seen without looking at where the next entry’s content begins.
      for (let next = place; prints[next] === prints[place]; next += 1) {
        const entry = entries[next] ?? 0;
        if (next > place && contents[entry] !== place) break;
        check();
        if (hasBit(live.dead, entry)) continue;
        const list = listOfEntry(live.segment, entry);
        const standing = standings.of(at, list);
        if (standing !== GONE && !visit(standing === ONLINE, at, entry, list)) return;
      }
    }
  }

  /** Whether the peer was not met since the last count began. */
  function isNew(number: number): boolean {
    if (countOf[number] === lastCount) return false;
    countOf[number] = lastCount;
    return true;
  }

  function gatherHolders(content: SharedContent): readonly ContentHolder[] {
    const gathered: { peer: number; isSource: boolean; entries: EntryRef[] }[] = [];
    lastCount += 1;
    eachHeld(content, (isSource, segment, entry, list) => {
      const number = standings.numberOf(segment, list);
      if (isNew(number)) {
        placeOf[number] = gathered.length;
        const peer = liveOf(state, segment).segment.listPeers[list] ?? 0;
        gathered.push({ peer, isSource, entries: [{ segment, entry }] });
        return gathered.length < HOLDERS_COUNTED_MAX;
      }
      const entries = gathered[placeOf[number] ?? 0]?.entries;
      if (entries !== undefined && entries.length < ENTRIES_OF_HOLDER_MAX) entries.push({ segment, entry });
      return true;
    });
    return gathered;
  }

  function countSources(content: SharedContent): number {
    let held = 0;
    let sources = 0;
    lastCount += 1;
    eachHeld(content, (isSource, segment, _entry, list) => {
      held += 1;
      if (isSource && isNew(standings.numberOf(segment, list))) sources += 1;
      return held <= HOLDERS_COUNTED_MAX;
    });
    return held <= HOLDERS_COUNTED_MAX ? sources : countSourcesOfMany(content);
  }

  /** Of a content with so many entries, it has to be known of how many peers they are. */
  function countSourcesOfMany(content: SharedContent): number {
    let peers = 0;
    let sources = 0;
    lastCount += 1;
    eachHeld(content, (isSource, segment, _entry, list) => {
      if (!isNew(standings.numberOf(segment, list))) return true;
      peers += 1;
      if (isSource) sources += 1;
      return peers < HOLDERS_COUNTED_MAX;
    });
    return sources;
  }

  return {
    contentOf,
    holdersOf: (content, { segment, entry }) => {
      if (content !== undefined) return gatherHolders(content);
      const live = liveOf(state, segment);
      const standing = standings.of(segment, listOfEntry(live.segment, entry));
      return [{ peer: peerOf(live, entry), isSource: standing === ONLINE, entries: [{ segment, entry }] }];
    },
    sourceCount: (content, at, entry) => {
      if (content === undefined)
        return standings.of(at, listOfEntry(liveOf(state, at).segment, entry)) === ONLINE ? 1 : 0;
      return (counts[content.id] ??= countSources(content));
    },
  };
}
