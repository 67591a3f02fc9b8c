import { createFacetCounter, type Facets } from '../../domain/facets.ts';
import { fold } from '../../domain/fold.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import { compareText } from '../../domain/text-order.ts';
import {
  type ContentPage,
  type ContentRow,
  type FindPage,
  type Holder,
  type HolderScope,
} from '../../protocol/codecs/find.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import type { SearchHit } from '../../protocol/codecs/search.ts';
import { FIND_HOLDERS_MAX, PAGE_ROWS_DEFAULT } from '../../protocol/limits.ts';
import { takeMeasuredPage } from '../paging.ts';
import type { Checkpoint } from '../query-pass.ts';
import { decodeRank, encodeRank } from '../rank-cursor.ts';
import { contentOfEntry, nameOfEntry, pathOfEntry } from '../segment/segment.ts';
import { findCandidates } from './find-candidates.ts';
import { createHolders, type ContentHolder, type EntryRef, type Holders } from './holders.ts';
import { liveOf, peerOf, type IndexState } from './index-state.ts';
import { rankCandidates, type Hit } from './ranked-candidates.ts';

/** Where a peer can be dialled. */
export type PeerAddress = { readonly address: string; readonly port: number };

export type Asked = {
  readonly state: IndexState;
  readonly text: string;
  readonly nowMs: number;
  readonly check: Checkpoint;
};

/** SEARCH: entries that match, best first. @throws SwapmeetError `bad-query`, `bad-request` */
export function search(asked: Asked, page: PageRequest, addressOf: (peer: number) => PeerAddress): Page<SearchHit> {
  const { state } = asked;
  const { ranked } = rank(asked, 'online', false);
  return takeMeasuredPage(
    ranked.from(decodeRank(page.after), hitsOf(page)),
    page,
    hitBytesMax,
    ({ ref, rank: { path, id } }) => {
      const live = liveOf(state, ref.segment);
      const peer = peerOf(live, ref.entry);
      const { sizeBytes, sha1 } = contentOfEntry(live.segment, ref.entry);
      return { path, sizeBytes, sha1, username: state.viewPeer(peer).username, id, ...addressOf(peer) };
    },
    cursorAfter,
  );
}

/** FIND: the same grouped by content. @throws SwapmeetError `bad-query`, `bad-request` */
export function find(asked: Asked, page: FindPage): ContentPage {
  const scope = page.holders ?? 'online';
  const { ranked, holders, bounded } = rank(asked, scope, true);
  const rows = takeMeasuredPage(
    ranked.from(decodeRank(page.after), hitsOf(page)),
    page,
    contentBytesMax,
    (hit) => contentRow(asked, holders, scope, hit),
    cursorAfter,
  );
  const facets = page.facets ? { facets: facetsOf(asked, ranked.all()) } : {};
  return { ...rows, total: ranked.count, bounded, ...facets };
}

/** A page takes one hit more than it has rows, to tell whether there is another. */
function hitsOf({ limit = PAGE_ROWS_DEFAULT }: PageRequest): number {
  return limit + 1;
}

function rank({ state, text, nowMs, check }: Asked, scope: HolderScope, grouped: boolean) {
  const candidates = findCandidates(state, parseQuery(text), { scope, nowMs, check });
  const holders = createHolders(state, nowMs);
  const ranked = rankCandidates(state, candidates, holders, { grouped, check });
  return { ranked, holders, bounded: candidates.bounded };
}

/** What a UTF-16 unit takes in a reply at most, escaped or as UTF-8. */
const UNIT_BYTES_MAX = 3;
/** What is in a line beside texts: hashes, numbers and separators. */
const LINE_BYTES_MAX = 256;

/** The bytes that texts take on a line of a reply, at most. */
function bytesMax(...texts: readonly string[]): number {
  let units = 0;
  for (const text of texts) units += text.length;
  return units * UNIT_BYTES_MAX + LINE_BYTES_MAX;
}

function hitBytesMax({ path, username, id, address }: SearchHit): number {
  return bytesMax(path, username, id, address);
}

function contentBytesMax({ path, holders }: ContentRow): number {
  let bytes = bytesMax(path);
  for (const holder of holders) bytes += bytesMax(holder.id, holder.username, holder.path);
  return bytes;
}

function contentRow(asked: Asked, holders: Holders, scope: HolderScope, { ref, rank }: Hit): ContentRow {
  const { state, nowMs } = asked;
  const listed = holders
    .holdersOf(ref)
    .map(({ peer, entries }) => ({ entries, isSource: state.isReachable(peer, nowMs), view: state.viewPeer(peer) }))
    .filter(({ isSource }) => scope === 'all' || isSource)
    .sort((a, b) => Number(b.isSource) - Number(a.isSource) || compareText(a.view.username, b.view.username));
  const { segment } = liveOf(state, ref.segment);
  return {
    path: rank.path,
    ...contentOfEntry(segment, ref.entry),
    sourceCount: rank.sourceCount,
    holderCount: listed.length,
    holders: listed.slice(0, FIND_HOLDERS_MAX).map(({ view, isSource, entries }): Holder => ({
      id: view.id,
      username: view.username,
      // Most contents have one holder, with one entry.
      path: entries.length === 1 && entries[0] === ref ? rank.path : firstPath(state, entries),
      presence: isSource ? 'online' : 'offline',
    })),
  };
}

/** The first of the paths under which a peer holds a content. */
export function firstPath(state: IndexState, entries: ContentHolder['entries']): string {
  const [first = ''] = entries
    .map((ref) => pathOfEntry(liveOf(state, ref.segment).segment, ref.entry))
    .sort(compareText);
  return first;
}

function facetsOf({ state, check }: Asked, refs: Iterable<EntryRef>): Facets {
  const counter = createFacetCounter();
  for (const { segment, entry } of refs) {
    check();
    const live = state.segments[segment];
    if (live !== undefined) counter.add(fold(nameOfEntry(live.segment, entry)));
  }
  return counter.facets();
}

function cursorAfter({ rank }: Hit): string {
  return encodeRank(rank);
}
