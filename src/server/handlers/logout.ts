import type { LogoutRequest } from '../../protocol/codecs/session.ts';
import { proveSession } from '../accounts.ts';
import type { ServerContext } from '../context.ts';
import { logOut } from '../presence.ts';
import type { LoggedIn } from '../session.ts';

/**
 * LOGOUT [PROTOCOL §6.2]: sets the peer offline and forgets its resume token; the connection stays open.
 *
 * @throws SwapmeetError `foreign-id`, `wrong-password`, `busy`
 */
export async function logout(context: ServerContext, peer: LoggedIn, request: LogoutRequest): Promise<undefined> {
  await proveSession(context, peer, request);
  await logOut(context, peer);
  context.log.info({ id: peer.id, username: peer.username }, 'logged out');
}
