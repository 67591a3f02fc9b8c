import type { PartsRequest } from '../../protocol/codecs/parts.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/**
 * PARTS [PROTOCOL §6.3]: what the peer holds in part and serves, for SOURCES to list, as long as this session lasts.
 *
 * @throws SwapmeetError `busy`
 */
export function parts(
  { parts: held, sessions }: Needs<never, 'parts' | 'sessions'>,
  peer: LoggedIn,
  { entries }: PartsRequest,
): Promise<undefined> {
  // Where another session has taken over, that one says what there is.
  if (sessions.isCurrent(peer)) held.replace(peer.id, entries);
  return Promise.resolve(undefined);
}
