import { SwapmeetError } from '../../domain/errors.ts';
import type { Call, ReachRequest, ReachToken } from '../../protocol/codecs/reach.ts';
import { isVisibleTo } from '../../catalog/address-scope.ts';
import type { ServerContext } from '../context.ts';
import { createToken } from '../relay/calls.ts';
import type { LoggedIn } from '../session.ts';

type Context = Pick<ServerContext, 'sessions' | 'calls' | 'relays'>;

/**
 * REACH [PROTOCOL §6.6]: asks another peer to dial the one that asks, or to meet it at this server.
 *
 * @throws SwapmeetError `unreachable`, `no-relay`, `busy`
 */
export function reach(context: Context, peer: LoggedIn, { id, way }: ReachRequest): ReachToken {
  const called = context.sessions.find(id);
  const [key, calledKey] = [peer.session.certificate?.key, called?.session.certificate?.key];
  if (!called || calledKey === undefined) {
    throw new SwapmeetError('unreachable', 'that peer is not online, or shows no key: ask SOURCES for others');
  }
  if (key === undefined || key === calledKey) {
    throw new SwapmeetError('unreachable', 'a connection is between two peers, each with its own key');
  }
  context.calls.admit(peer, called);
  const call = way === 'dial' ? dialCall(peer, called) : relayCall(context, key, calledKey);
  context.calls.send(called, { ...call, way, key });
  return { token: call.token };
}

/** The token is known to the two peers alone; this server has no further part in it. */
function dialCall(peer: LoggedIn, called: LoggedIn): Pick<Call, 'token' | 'address'> {
  const address = peer.reach.address();
  if (!address || !isVisibleTo(address.address, called.session.remoteAddress)) {
    throw new SwapmeetError('unreachable', 'that peer could not dial this one, which has no address that it can use');
  }
  return { token: createToken(), address: { host: address.address, port: address.port } };
}

function relayCall({ relays }: Context, ...keys: readonly [string, string]): Pick<Call, 'token'> {
  if (!relays) throw new SwapmeetError('no-relay', 'this server passes on no connections between peers');
  return { token: relays.expect(keys) };
}
