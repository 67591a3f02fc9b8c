import { CONTENT_BYTES } from '../segment/content-record.ts';
import { hasBit } from '../segment/bits.ts';
import { mayHavePrint } from '../segment/print-filter.ts';
import { eachWithSha1Print } from '../segment/segment.ts';
import { isAlive, peerOf, type IndexState } from './index-state.ts';

/** An entry, by the place of its segment in the state. */
export type EntryRef = { readonly segment: number; readonly entry: number };

/** What tells a content from all others: the bytes of its record. `undefined` stands for one that only the entry itself has. */
export type ContentId = string | undefined;

/** Peers of one content that are counted one by one: beyond it there are “at least so many”. */
export const HOLDERS_COUNTED_MAX = 1_000;

/** A peer that holds a content, and the entries under which it does: at most `ENTRIES_OF_HOLDER_MAX` of them. */
export type ContentHolder = { readonly peer: number; readonly entries: readonly EntryRef[] };

/** Entries with one content that are looked at, of one peer. */
const ENTRIES_OF_HOLDER_MAX = 64;

/** Finds out who else has what an entry has. */
export type Holders = {
  contentOf(ref: EntryRef): ContentId;
  /** The peers that hold the content of the entry; at most `HOLDERS_COUNTED_MAX` of them. */
  holdersOf(ref: EntryRef): readonly ContentHolder[];
  /** How many of these peers can be fetched from. */
  sourceCount(ref: EntryRef): number;
};

export function createHolders(state: IndexState, nowMs: number): Holders {
  const known = new Map<string, readonly ContentHolder[]>();
  const counts = new Map<string, number>();

  function mayBeShared({ segment: at, entry }: EntryRef): boolean {
    const own = state.segments[at]?.segment;
    if (own === undefined) return false;
    const print = own.sha1Prints[entry] ?? 0;
    return (
      hasBit(own.sha1Repeated, entry) ||
      state.segments.some(({ segment }) => segment !== own && mayHavePrint(segment.sha1Filter, print))
    );
  }

  function recordOf({ segment: at, entry }: EntryRef): string {
    const contents = state.segments[at]?.segment.contents;
    if (contents === undefined) return '';
    const start = contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
    const { buffer, byteOffset } = contents.window;
    return Buffer.from(buffer, byteOffset + start, CONTENT_BYTES).toString('latin1');
  }

  function peerOfRef({ segment, entry }: EntryRef): number {
    const live = state.segments[segment];
    return live === undefined ? 0 : peerOf(live, entry);
  }

  function findAll(content: string, print: number): readonly ContentHolder[] {
    const byPeer = new Map<number, EntryRef[]>();
    for (const [at, live] of state.segments.entries()) {
      if (!mayHavePrint(live.segment.sha1Filter, print)) continue;
      eachWithSha1Print(live.segment, print, (entry) => {
        const peer = peerOf(live, entry);
        const entries = byPeer.get(peer) ?? [];
        const isFull = byPeer.size >= HOLDERS_COUNTED_MAX && entries.length === 0;
        if (isFull || entries.length >= ENTRIES_OF_HOLDER_MAX || !isAlive(state, live, entry)) return;
        if (recordOf({ segment: at, entry }) !== content) return;
        entries.push({ segment: at, entry });
        byPeer.set(peer, entries);
      });
    }
    return Array.from(byPeer, ([peer, entries]) => ({ peer, entries }));
  }

  function holdersOf(ref: EntryRef): readonly ContentHolder[] {
    const content = contentOf(ref);
    if (content === undefined) return [{ peer: peerOfRef(ref), entries: [ref] }];
    const print = state.segments[ref.segment]?.segment.sha1Prints[ref.entry] ?? 0;
    const holders = known.get(content) ?? findAll(content, print);
    known.set(content, holders);
    return holders;
  }

  function contentOf(ref: EntryRef): ContentId {
    return mayBeShared(ref) ? recordOf(ref) : undefined;
  }

  return {
    contentOf,
    holdersOf,
    sourceCount: (ref) => {
      const content = contentOf(ref);
      if (content === undefined) return state.isReachable(peerOfRef(ref), nowMs) ? 1 : 0;
      const counted = counts.get(content) ?? holdersOf(ref).filter(({ peer }) => state.isReachable(peer, nowMs)).length;
      counts.set(content, counted);
      return counted;
    },
  };
}
