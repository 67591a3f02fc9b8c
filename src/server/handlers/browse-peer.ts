import type { Entry } from '../../domain/entry.ts';
import type { BrowseRequest } from '../../protocol/codecs/listing.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/** BROWSE_PEER [PROTOCOL §6.2]: what a peer, online or not, has published. @throws SwapmeetError `unknown-id`, `timeout`, `cancelled` */
export function browsePeer(
  context: Needs<'browse'>,
  _peer: LoggedIn,
  { id, path, ...page }: BrowseRequest,
  signal: AbortSignal,
): Promise<Page<Entry>> {
  return context.catalog.browse(id, path, page, signal);
}
