import { parseQuery } from '../../domain/query-parse.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import type { SearchHit } from '../../protocol/codecs/search.ts';
import { PAGE_ROWS_DEFAULT } from '../../protocol/limits.ts';
import { takeMeasuredPage } from '../paging.ts';
import type { Checkpoint } from '../query-pass.ts';
import { decodeRank, encodeRank } from '../rank-cursor.ts';
import { contentOfEntry } from '../segment/segment.ts';
import { findCandidates } from './find-candidates.ts';
import { createHolders } from './holders.ts';
import { BEST_BUDGET, type SearchBudget } from './hunt.ts';
import { liveOf, peerOf, type IndexState } from './index-state.ts';
import { rankCandidates, type Hit } from './ranked-candidates.ts';
import { createRecentRecords } from './recent-records.ts';
import { createTwins } from './twins.ts';

/** One a thread: what one query looked at, the next may need. */
const records = createRecentRecords();
const twins = createTwins();

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
  const { ranked } = rank(asked, { scope: 'online', grouped: false });
  return takeMeasuredPage(
    ranked.from(decodeRank(page.after), hitsOf(page)),
    page,
    hitBytesMax,
    (hit) => {
      const { ref } = hit;
      const { path, id } = hit.rank();
      const live = liveOf(state, ref.segment);
      const peer = peerOf(live, ref.entry);
      const { sizeBytes, sha1 } = contentOfEntry(live.segment, ref.entry);
      return { path, sizeBytes, sha1, username: state.viewPeer(peer).username, id, ...addressOf(peer) };
    },
    cursorAfter,
  );
}

/** A page takes one hit more than it has rows, to tell whether there is another. */
export function hitsOf({ limit = PAGE_ROWS_DEFAULT }: PageRequest): number {
  return limit + 1;
}

type Ranked = {
  readonly scope: HolderScope;
  /** Whether of entries with one content only the best counts. */
  readonly grouped: boolean;
  readonly budget?: SearchBudget;
};

/** What matches, in its order. */
export function rank({ state, text, nowMs, check }: Asked, { scope, grouped, budget = BEST_BUDGET }: Ranked) {
  const candidates = findCandidates(state, parseQuery(text), { scope, nowMs, check }, budget);
  const segments = state.segments.map(({ segment }) => segment);
  const known = twins.among(segments, candidates.count);
  const holders = createHolders(state, { known, records }, nowMs, check);
  const ranked = rankCandidates(state, candidates, holders, { grouped, check });
  return { ranked, holders, records, bounded: candidates.bounded };
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

/** The cursor of the page after a hit. */
export function cursorAfter(hit: Hit): string {
  return encodeRank(hit.rank());
}
