import type { FindRequest } from '../../protocol/codecs/find.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * FIND [PROTOCOL §6.3]: contents that the asking peer can fetch now or, where it asks for all, that anybody holds. With
 * `reach=any`, peers that can't be dialled are sources as long as there is a way: the relay, or the address of who asks. Like
 * SEARCH, a page may have fewer rows than its limit. Answers with the payload of the OK.
 *
 * @throws SwapmeetError `bad-query`, `timeout`, `cancelled`
 */
export function find(
  context: Needs<'findReply', 'relays' | 'now'>,
  peer: LoggedIn,
  { query, reach, ...page }: FindRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const canMeet = reach === 'any' && (context.relays !== undefined || peer.reach.address() !== undefined);
  // Whoever can be met is within reach, wherever it is seen.
  const viewer = canMeet ? undefined : peer.session.remoteAddress;
  return context.catalog.findReply(query, canMeet ? { ...page, reach } : page, viewer, context.now(), signal);
}
