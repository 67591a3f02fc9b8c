import type { ContentPage, ContentRow, FindRequest } from '../../protocol/codecs/find.ts';
import { isVisibleTo } from '../address-scope.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * FIND [PROTOCOL §6.3]: contents that the asking peer can fetch now or, where it asks for all, that anybody holds. Like SEARCH,
 * a page may have fewer rows than its limit.
 *
 * @throws SwapmeetError `bad-query`, `timeout`, `cancelled`
 */
export async function find(
  context: Needs<'find', 'sessions' | 'now'>,
  peer: LoggedIn,
  { query, ...page }: FindRequest,
  signal: AbortSignal,
): Promise<ContentPage> {
  const found = await context.catalog.find(query, page, context.now(), signal);
  const rows = found.rows.map((row) => withinReach(context, peer, row));
  return { ...found, rows: page.holders === 'all' ? rows : fetchable(rows) };
}

/** The content as the asking peer sees it: a source that it could not dial is none. */
function withinReach(context: Needs<'find', 'sessions' | 'now'>, peer: LoggedIn, row: ContentRow): ContentRow {
  const holders = row.holders.filter(({ id, presence }) => {
    const session = context.sessions.find(id)?.session;
    return presence === 'offline' || (session && isVisibleTo(session.remoteAddress, peer.session.remoteAddress));
  });
  return { ...row, holders, sourceCount: row.sourceCount - (row.holders.length - holders.length) };
}

/** The contents that have a source; of those that hold them, only sources count. */
function fetchable(rows: readonly ContentRow[]): ContentRow[] {
  return rows.filter(({ sourceCount }) => sourceCount > 0).map((row) => ({ ...row, holderCount: row.sourceCount }));
}
