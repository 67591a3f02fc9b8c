import type { FolderRow } from '../../protocol/codecs/folder.ts';
import type { BrowseRequest } from '../../protocol/codecs/listing.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/** FOLDER [PROTOCOL §6.3]: one folder of what a peer, online or not, has published. @throws SwapmeetError `unknown-id`, `timeout`, `cancelled` */
export function folder(
  context: Needs<'folder'>,
  _peer: LoggedIn,
  { id, path, ...page }: BrowseRequest,
  signal: AbortSignal,
): Promise<Page<FolderRow>> {
  return context.catalog.folder(id, path, page, signal);
}
