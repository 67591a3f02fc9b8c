import { SwapmeetError } from '../../domain/errors.ts';
import type { ReachToken } from '../../protocol/codecs/reach.ts';
import type { Answer } from '../../transport/responder.ts';
import type { ServerContext } from '../context.ts';
import type { Session } from '../session.ts';

/**
 * RELAY [PROTOCOL §6.6]: one end of a connection between two peers. After the OK its bytes go to the other end, whatever they
 * are.
 *
 * @throws SwapmeetError `bad-token`, `timeout`, `unreachable`
 */
export async function relay(
  { relays, strangers }: Pick<ServerContext, 'relays' | 'strangers'>,
  session: Session,
  { token }: ReachToken,
  signal: AbortSignal,
): Promise<Answer<'RELAY'>> {
  const key = session.certificate?.key;
  if (!relays || key === undefined) throw new SwapmeetError('bad-token', 'no connection is expected under this token');
  const handOver = await relays.join(token, key, signal);
  return {
    ok: undefined,
    handOver: (channel) => {
      // From here on it is bounded as a relayed connection, not as one that has yet to log in.
      strangers.leave(session);
      handOver(channel);
    },
  };
}
