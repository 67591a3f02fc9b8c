import type { Page } from '../../protocol/codecs/page.ts';
import type { Source, SourcesRequest } from '../../protocol/codecs/search.ts';
import { isVisibleTo } from '../../catalog/address-scope.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/** SOURCES [PROTOCOL §6.3]: where the asking peer can fetch a content now, and by which key each source is known. */
export async function sources(
  context: Needs<'sources', 'now'>,
  peer: LoggedIn,
  { sha1, root }: SourcesRequest,
): Promise<Page<Source>> {
  const rows = await context.catalog.sources(sha1, root, context.now());
  return { rows: rows.filter(({ address }) => isVisibleTo(address, peer.session.remoteAddress)) };
}
