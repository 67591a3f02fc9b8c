import type { Page } from '../../protocol/codecs/page.ts';
import type { ContentRow, SearchRequest } from '../../protocol/codecs/search.ts';
import { isVisibleTo } from '../address-scope.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * FIND [PROTOCOL §6.3]: contents that the asking peer can fetch now. Like SEARCH, a page may have fewer rows than its limit.
 *
 * @throws SwapmeetError `bad-query`
 */
export async function find(
  context: Needs<'find', 'sessions' | 'now'>,
  peer: LoggedIn,
  { query, ...page }: SearchRequest,
): Promise<Page<ContentRow>> {
  const { rows, next } = await context.catalog.find(query, page, context.now());
  return {
    rows: rows.map((row) => withinReach(context, peer, row)).filter(({ sourceCount }) => sourceCount > 0),
    next,
  };
}

/** The content without those listed sources that the asking peer could not dial. */
function withinReach(context: Needs<'find', 'sessions' | 'now'>, peer: LoggedIn, row: ContentRow): ContentRow {
  const sources = row.sources.filter(({ id }) => {
    const source = context.sessions.find(id);
    return source && isVisibleTo(source.session.remoteAddress, peer.session.remoteAddress);
  });
  return { ...row, sources, sourceCount: row.sourceCount - (row.sources.length - sources.length) };
}
