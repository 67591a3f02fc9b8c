import type { Page } from '../../protocol/codecs/page.ts';
import type { SearchHit, SearchRequest } from '../../protocol/codecs/search.ts';
import { isVisibleTo } from '../../catalog/address-scope.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * SEARCH [PROTOCOL §6.2]: entries that the asking peer can fetch now. A page may have fewer rows than its limit and still not be
 * the last: `next` tells.
 *
 * @throws SwapmeetError `bad-query`, `timeout`, `cancelled`
 */
export async function search(
  context: Needs<'search', 'now'>,
  peer: LoggedIn,
  { query, ...page }: SearchRequest,
  signal: AbortSignal,
): Promise<Page<SearchHit>> {
  const { rows, next } = await context.catalog.search(query, page, context.now(), signal);
  return { rows: rows.filter(({ address }) => isVisibleTo(address, peer.session.remoteAddress)), next };
}
