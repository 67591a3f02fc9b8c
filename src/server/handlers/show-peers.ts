import type { PeerRow, ShowPeersRequest } from '../../protocol/codecs/listing.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/** SHOW_PEERS [PROTOCOL §6.2]: who is registered, whether they are online and, on request, when they were last heard of. */
export async function showPeers(
  context: Needs<'listPeers', 'now'>,
  _peer: LoggedIn,
  { filter, details, ...page }: ShowPeersRequest,
): Promise<Page<PeerRow>> {
  const peers = await context.catalog.listPeers(filter, page, context.now());
  return details ? peers : { ...peers, rows: peers.rows.map((row) => ({ ...row, lastSeenS: undefined })) };
}
