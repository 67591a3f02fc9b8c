import type { ListCommitRequest, RevisionReply } from '../../protocol/codecs/publish.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * LIST_COMMIT [PROTOCOL §6.3]: the parts take effect as the peer’s whole list.
 *
 * @throws SwapmeetError `unknown-list`, `wrong-part`
 */
export async function listCommit(
  context: Needs<'commitList', 'standing' | 'log'>,
  peer: LoggedIn,
  { token, parts }: ListCommitRequest,
): Promise<RevisionReply> {
  const revision = await context.catalog.commitList(peer.id, token, parts);
  context.standing.published(peer, { kind: 'commit', token, parts, revision });
  context.log.info({ id: peer.id, username: peer.username, parts }, 'list replaced');
  return { revision };
}
