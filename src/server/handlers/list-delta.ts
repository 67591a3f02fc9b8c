import type { ListDeltaRequest, RevisionReply } from '../../protocol/codecs/publish.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * LIST_DELTA [PROTOCOL §6.3]: makes changes to the peer’s list, all or none.
 *
 * @throws SwapmeetError `wrong-revision`, `bad-line`
 */
export async function listDelta(
  context: Needs<'applyDelta', 'standing' | 'log'>,
  peer: LoggedIn,
  { revision, changes }: ListDeltaRequest,
): Promise<RevisionReply> {
  const next = await context.catalog.applyDelta(peer.id, revision, changes);
  context.standing.published(peer, { kind: 'changes', fileList: changes, before: revision, revision: next });
  context.log.debug({ id: peer.id, username: peer.username, changesBytes: changes.length }, 'list changed');
  return { revision: next };
}
