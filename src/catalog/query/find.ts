import { createFacetCounter, type Facets } from '../../domain/facets.ts';
import { fold } from '../../domain/fold.ts';
import { contentsAttributes, type FindPage } from '../../protocol/codecs/find.ts';
import { PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from '../../protocol/limits.ts';
import { createPayloadWriter } from '../../protocol/payload-writer.ts';
import { encodePayload } from '../../protocol/text.ts';
import { decodeRank } from '../rank-cursor.ts';
import { nameOfEntry } from '../segment/segment.ts';
import { cursorAfter, hitsOf, rank, type Asked } from './answer.ts';
import { createContentRows } from './content-rows.ts';
import type { EntryRef } from './holders.ts';
import { ALL_BUDGET, BEST_BUDGET } from './hunt.ts';
import type { Hit } from './ranked-candidates.ts';

/** Rows may take what a reply holds, less room for the cursor, which has to fit into the request for the next page. */
const ROWS_BYTES_MAX = PAGE_BYTES_MAX - PAGE_REQUEST_BYTES_MAX;

/** One a thread: its room is used again. */
const out = createPayloadWriter();

/**
 * FIND: contents with an entry that matches, each under its best name, as the payload that travels. Like SEARCH, a page may
 * have fewer rows than its limit.
 *
 * @param isVisible whether whoever asks may know of a peer that it is a source
 * @throws SwapmeetError `bad-query`, `bad-request`
 */
export function find(
  asked: Asked,
  page: FindPage,
  isVisible: (peer: number) => boolean = () => true,
): Uint8Array<ArrayBuffer> {
  const scope = page.holders ?? 'online';
  const { ranked, holders, records, bounded } = rank(asked, {
    scope,
    grouped: true,
    budget: page.matches === 'all' ? ALL_BUDGET : BEST_BUDGET,
  });
  const rows = createContentRows(asked, { out, holders, records, scope, isVisible });
  out.cutTo(0);
  const next = writeRows(ranked.from(decodeRank(page.after), hitsOf(page)), page, rows);
  const facets = page.facets ? facetsOf(asked, ranked.all()) : undefined;
  const attributes = contentsAttributes({ next, total: ranked.count, bounded, facets });
  out.raw(Buffer.from(encodePayload([], attributes), 'utf8'));
  return out.finish();
}

/** Writes as many rows as were asked for and as a reply holds. Returns the cursor of the next page, where there is one. */
function writeRows(
  hits: Iterable<Hit>,
  { limit = PAGE_ROWS_DEFAULT }: FindPage,
  { write }: { readonly write: (hit: Hit) => void },
) {
  const rowsMax = Math.min(limit, PAGE_ROWS_MAX);
  let rows = 0;
  let last: Hit | undefined;
  for (const hit of hits) {
    const before = out.length();
    if (rows < rowsMax) write(hit);
    if (last !== undefined && (rows === rowsMax || out.length() > ROWS_BYTES_MAX)) {
      out.cutTo(before);
      return cursorAfter(last);
    }
    rows += 1;
    last = hit;
  }
  return undefined;
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
