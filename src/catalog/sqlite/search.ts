import { parseQuery } from '../../domain/query-parse.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { contentsReply, hitsReply, type ContentRow, type SearchHit } from '../../protocol/codecs/search.ts';
import { takePage } from '../paging.ts';
import { encodeRank, firstOfEach, hitsAfter, rankMatches, type Hit } from '../ranking.ts';
import { createFinder, type MatchRef } from './candidates.ts';
import type { Database } from './database.ts';
import { createSources } from './sources.ts';

/** Answers queries, entry by entry or grouped by content. */
export function createSearch(database: Database) {
  const findMatches = createFinder(database);
  const { countSources, listSources } = createSources(database);

  /** All hits of a query, the best first. */
  function hitsOf(text: string, nowMs: number): Hit<MatchRef>[] {
    const query = parseQuery(text);
    return rankMatches(query, findMatches(query, nowMs), (refs) => {
      const counts = countSources(new Set(refs.map(({ content }) => content)), nowMs);
      return refs.map(({ content }) => counts.get(content) ?? 0);
    });
  }

  return {
    search: (text: string, page: PageRequest, nowMs: number): Page<SearchHit> => {
      const hits = hitsAfter(hitsOf(text, nowMs), page.after);
      return takePage(hits, page, hitsReply, toSearchHit, cursorAfter);
    },
    find: (text: string, page: PageRequest, nowMs: number): Page<ContentRow> => {
      const contents = firstOfEach(hitsOf(text, nowMs), ({ content }) => content);
      const toContentRow = ({ view, ref, rank }: Hit<MatchRef>): ContentRow => ({
        ...view.entry,
        sourceCount: rank.sourceCount,
        sources: listSources(ref.content, nowMs),
      });
      return takePage(hitsAfter(contents, page.after), page, contentsReply, toContentRow, cursorAfter);
    },
  };
}

function toSearchHit({ view, ref }: Hit<MatchRef>): SearchHit {
  const { path, sizeBytes, sha1 } = view.entry;
  return {
    path,
    sizeBytes,
    sha1,
    username: view.peer.username,
    id: view.peer.id,
    address: ref.address,
    port: ref.port,
  };
}

function cursorAfter({ rank }: Hit<MatchRef>): string {
  return encodeRank(rank);
}
