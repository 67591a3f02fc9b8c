import type { Page } from '../../protocol/codecs/page.ts';
import type { Source, SourcesRequest } from '../../protocol/codecs/search.ts';
import { isVisibleTo, networkOf } from '../../catalog/address-scope.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * SOURCES [PROTOCOL §6.3]: where the asking peer can fetch a content now, and by which key each source is known. With
 * `reach=any`, also sources that it has to meet by REACH.
 */
export async function sources(
  context: Needs<'sources', 'now' | 'sessions'>,
  peer: LoggedIn,
  { sha1, root, reach }: SourcesRequest,
): Promise<Page<Source>> {
  const rows = await context.catalog.sources(sha1, root, context.now(), reach);
  const seen = rows.map((row) => asSeenBy(peer, row, context.sessions.find(row.id)));
  return { rows: seen.filter(({ address, key }) => address !== undefined || (reach === 'any' && key !== undefined)) };
}

/** A source with the addresses that mean something to whoever asks. */
function asSeenBy(peer: LoggedIn, source: Source, holder: LoggedIn | undefined): Source {
  const viewer = peer.session.remoteAddress;
  const isNeighbour = holder !== undefined && networkOf(holder.session.remoteAddress) === networkOf(viewer);
  const addresses = isNeighbour && holder.lan.length > 0 ? { addresses: holder.lan } : {};
  const { address, port, ...rest } = source;
  return address !== undefined && isVisibleTo(address, viewer)
    ? { ...rest, address, port, ...addresses }
    : { ...rest, ...addresses };
}
