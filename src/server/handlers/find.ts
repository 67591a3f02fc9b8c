import type { FindRequest } from '../../protocol/codecs/find.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * FIND [PROTOCOL §6.3]: contents that the asking peer can fetch now or, where it asks for all, that anybody holds. Like SEARCH,
 * a page may have fewer rows than its limit. Answers with the payload of the OK.
 *
 * @throws SwapmeetError `bad-query`, `timeout`, `cancelled`
 */
export function find(
  context: Needs<'findReply', 'now'>,
  peer: LoggedIn,
  { query, ...page }: FindRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return context.catalog.findReply(query, page, peer.session.remoteAddress, context.now(), signal);
}
