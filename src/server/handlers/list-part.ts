import type { ListPartReply, ListPartRequest } from '../../protocol/codecs/publish.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * LIST_PART [PROTOCOL §6.3]: a part of a list that is to take the place of the peer’s. It is kept, and changes nothing yet.
 *
 * @throws SwapmeetError `wrong-part`, `bad-line`
 */
export async function listPart(
  context: Needs<'stagePart', 'standing'>,
  peer: LoggedIn,
  { token, part, fileList }: ListPartRequest,
): Promise<ListPartReply> {
  await context.catalog.stagePart(peer.id, token, part, fileList);
  context.standing.published(peer, { kind: 'part', token, part, fileList });
  return { part };
}
