import type { PeerRow, ShowPeersRequest } from '../../protocol/codecs/listing.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/** SHOW_PEERS [PROTOCOL §6.2]: who is registered, and whether they are online. */
export function showPeers(
  context: Needs<'listPeers', 'now'>,
  _peer: LoggedIn,
  { filter, ...page }: ShowPeersRequest,
): Promise<Page<PeerRow>> {
  return context.catalog.listPeers(filter, page, context.now());
}
