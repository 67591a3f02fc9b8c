import type { IdReply, RegisterUpdateRequest } from '../../protocol/codecs/session.ts';
import { proveSession } from '../accounts.ts';
import type { ServerContext } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * REGISTER_UPDATE [PROTOCOL §6.2]: replaces the peer's whole list, or, where a line does not parse, nothing of it.
 *
 * @throws SwapmeetError `foreign-id`, `wrong-password`, `bad-line`, `busy`
 */
export async function registerUpdate(
  context: ServerContext,
  peer: LoggedIn,
  request: RegisterUpdateRequest,
): Promise<IdReply> {
  await proveSession(context, peer, request);
  const revision = await context.catalog.replaceEntries(peer.id, request.fileList);
  context.standing.published(peer, { kind: 'list', fileList: request.fileList, revision });
  context.log.info({ id: peer.id, username: peer.username, listBytes: request.fileList.length }, 'list replaced');
  return { id: peer.id };
}
