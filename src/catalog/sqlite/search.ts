import { createFacetCounter, type Facets } from '../../domain/facets.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import {
  contentsReply,
  type ContentPage,
  type ContentRow,
  type FindPage,
  type HolderScope,
} from '../../protocol/codecs/find.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { hitsReply, type SearchHit } from '../../protocol/codecs/search.ts';
import { takePage } from '../paging.ts';
import { answerWithin, type Checkpoint, type QueryPass } from '../query-pass.ts';
import { encodeRank, firstOfEach, hitsAfter, rankMatches, type Hit } from '../ranking.ts';
import { createFinder, type MatchRef } from './candidates.ts';
import type { Database } from './database.ts';
import { createSources } from './sources.ts';

/** What is asked, and when. */
type Asked = { readonly text: string; readonly scope: HolderScope; readonly nowMs: number };

type Address = { readonly address: string; readonly port: number };

/** Answers queries, entry by entry or grouped by content. */
export function createSearch(database: Database) {
  const rankedHits = createRanking(database);
  const contentRows = createContentRows(database);
  const addressOf = database.prepare<[number], Address>('SELECT address, port FROM session WHERE peer = ?');

  function toSearchHit({ view, ref }: Hit<MatchRef>): SearchHit {
    const { path, sizeBytes, sha1 } = view.entry;
    const { address, port } = addressOf.get(ref.peer) ?? { address: '', port: 0 };
    return { path, sizeBytes, sha1, username: view.peer.username, id: view.peer.id, address, port };
  }

  function search(asked: Asked, page: PageRequest, check: Checkpoint): Page<SearchHit> {
    const { hits } = rankedHits(asked, check);
    return takePage(hitsAfter(hits, page.after), page, hitsReply, toSearchHit, cursorAfter);
  }

  function find(asked: Asked, page: FindPage, check: Checkpoint): ContentPage {
    const { hits, bounded } = rankedHits(asked, check);
    const contents = firstOfEach(hits, ({ content }) => content);
    const toRow = contentRows(asked);
    const rows = takePage(hitsAfter(contents, page.after), page, CONTENT_ROWS, toRow, cursorAfter);
    const facets = page.facets ? { facets: facetsOf(contents) } : {};
    return { ...rows, total: contents.length, bounded, ...facets };
  }

  return {
    search: (text: string, page: PageRequest, nowMs: number, pass: QueryPass) =>
      answerWithin(pass, (check) => search({ text, scope: 'online', nowMs }, page, check)),
    find: (text: string, page: FindPage, nowMs: number, pass: QueryPass) =>
      answerWithin(pass, (check) => find({ text, scope: page.holders ?? 'online', nowMs }, page, check)),
  };
}

/** What rows take in a reply; the rest of it is small. */
const CONTENT_ROWS = {
  encode: ({ rows }: Page<ContentRow>) => contentsReply.encode({ rows, total: 0, bounded: false }),
};

function createRanking(database: Database) {
  const finders = { online: createFinder(database, 'online'), all: createFinder(database, 'all') };
  const { countSources } = createSources(database);

  /** All hits of a query, the best first. */
  return ({ text, scope, nowMs }: Asked, check: Checkpoint) => {
    const query = parseQuery(text);
    const { matches, bounded } = finders[scope](query, nowMs, check);
    const hits = rankMatches(query, matches, (refs) => {
      const counts = countSources(new Set(refs.map(({ content }) => content)), nowMs, check);
      return refs.map(({ content }) => counts.get(content) ?? 0);
    });
    return { hits, bounded };
  };
}

function createContentRows(database: Database) {
  const { listHolders, countHolders } = createSources(database);
  return ({ scope, nowMs }: Asked) =>
    ({ view, ref, rank }: Hit<MatchRef>): ContentRow => ({
      ...view.entry,
      sourceCount: rank.sourceCount,
      holderCount: scope === 'online' ? rank.sourceCount : countHolders(ref.content),
      holders: listHolders(ref.content, scope, nowMs),
    });
}

function facetsOf(contents: readonly Hit<MatchRef>[]): Facets {
  const counter = createFacetCounter();
  for (const { view } of contents) counter.add(view.foldedName);
  return counter.facets();
}

function cursorAfter({ rank }: Hit<MatchRef>): string {
  return encodeRank(rank);
}
