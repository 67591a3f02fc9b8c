import type { SessionReply } from '../../protocol/codecs/session.ts';
import { checkOwnId } from '../accounts.ts';
import type { ServerContext } from '../context.ts';
import { describeSession } from '../presence.ts';
import type { LoggedIn } from '../session.ts';

/**
 * KEEP_ALIVE [PROTOCOL §6.2]: the sign of life was noted with the request; the reply renews the ticket. Where the peer could not be
 * dialled so far, that is tried again behind the reply.
 *
 * @throws SwapmeetError `foreign-id`
 */
export function keepAlive(
  context: ServerContext,
  peer: LoggedIn,
  request: { readonly id: string },
): Promise<SessionReply> {
  checkOwnId(peer, request.id);
  void peer.reach.attempt();
  return Promise.resolve(describeSession(context, peer));
}
