import type { ListState } from '../../protocol/codecs/publish.ts';
import { checkOwnId } from '../accounts.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * LIST_STATE [PROTOCOL §6.3]: which list of the peer is in effect, and what of another is here.
 *
 * @throws SwapmeetError `foreign-id`
 */
export async function listState(
  context: Needs<'listState'>,
  peer: LoggedIn,
  request: { readonly id: string },
): Promise<ListState> {
  checkOwnId(peer, request.id);
  return context.catalog.listState(peer.id);
}
