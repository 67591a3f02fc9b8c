import type { Page } from '../../protocol/codecs/page.ts';
import { sourcesReply, type Source, type SourcesRequest } from '../../protocol/codecs/search.ts';
import { SOURCES_MAX } from '../../protocol/limits.ts';
import { networkOf } from '../../transport/network-of.ts';
import { isVisibleTo } from '../../catalog/address-scope.ts';
import { takePage } from '../../catalog/paging.ts';
import type { Needs } from '../context.ts';
import type { PartHolder } from '../parts.ts';
import type { LoggedIn } from '../session.ts';

/**
 * SOURCES [PROTOCOL §6.3]: where the asking peer can fetch a content now, and by which key each source is known. With
 * `reach=any`, also sources that it has to meet by REACH, and those that have a part. As many as a reply holds.
 */
export async function sources(
  context: Needs<'sources', 'now' | 'sessions' | 'parts'>,
  peer: LoggedIn,
  request: SourcesRequest,
): Promise<Page<Source>> {
  const { sha1, root, reach } = request;
  const rows = await context.catalog.sources(sha1, root, context.now(), reach);
  const all = reach === 'any' ? [...rows, ...partialSources(context, peer, request, rows)] : rows;
  const seen = all.map((row) => asSeenBy(peer, row, context.sessions.find(row.id)));
  const told = seen.filter(({ address, key }) => address !== undefined || (reach === 'any' && key !== undefined));
  // What peers say of their parts, and of their addresses, the catalog has not measured.
  const { rows: held } = takePage(
    told,
    { limit: SOURCES_MAX },
    sourcesReply,
    (source) => source,
    ({ id }) => id,
  );
  return { rows: held };
}

/** Other peers that hold the content in part; those that have it as a whole are listed already. */
function partialSources(
  { parts, sessions }: Pick<Needs<never, 'parts' | 'sessions'>, 'parts' | 'sessions'>,
  peer: LoggedIn,
  { sha1, root }: SourcesRequest,
  whole: readonly Source[],
): Source[] {
  const listed = new Set(whole.map((source) => `${source.id} ${source.root ?? ''}`));
  return parts
    .holders(sha1, root)
    .filter(({ id, entry }) => id !== peer.id && !listed.has(`${id} ${entry.root ?? ''}`))
    .flatMap((holder) => asSource(holder, sessions.find(holder.id)));
}

function asSource({ id, entry }: PartHolder, holder: LoggedIn | undefined): Source[] {
  if (!holder) return [];
  return [
    {
      ...entry,
      id,
      username: holder.username,
      ...holder.reach.address(),
      key: holder.session.certificate?.key,
      part: true,
    },
  ];
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
