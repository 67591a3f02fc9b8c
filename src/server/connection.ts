import { toSwapmeetError, type SwapmeetError } from '../domain/errors.ts';
import { ONLINE_WINDOW_MS } from '../domain/presence.ts';
import type { ConnectionState } from '../protocol/messages.ts';
import type { ByteBudget } from '../transport/byte-budget.ts';
import type { Channel } from '../transport/channel.ts';
import { refuse, respond, type Responder } from '../transport/responder.ts';
import type { ServerContext } from './context.ts';
import { createServerHandlers } from './handlers/table.ts';
import { leave } from './presence.ts';
import type { Session } from './session.ts';

/** A connection has this long for each request until it is logged in. */
const OPEN_TIMEOUT_MS = 30_000;
/** A client that sends KEEP_ALIVE exactly every five minutes is late by the time that the message travels. */
const KEEP_ALIVE_GRACE_MS = 30_000;

function idleTimeoutMs(state: ConnectionState): number {
  return state === 'open' ? OPEN_TIMEOUT_MS : ONLINE_WINDOW_MS + KEEP_ALIVE_GRACE_MS;
}

/** Answers a connection until it ends; then its peer is offline. Where too many wait for a login already, it ends at once. */
export function serveConnection(context: ServerContext, channel: Channel, budget: ByteBudget): Responder {
  const end = (reason: SwapmeetError): void => {
    responder.end(reason);
  };
  const push = (type: number, payload: Uint8Array | string): Promise<void> => responder.push(type, payload);
  const session: Session = {
    remoteAddress: channel.remote.address,
    certificate: channel.certificate,
    state: { kind: 'open' },
    end,
    push,
  };
  try {
    context.strangers.admit(session);
  } catch (error) {
    return refuse(channel, toSwapmeetError(error));
  }
  const onFault = (error: unknown): void => {
    context.log.error({ err: error, remote: session.remoteAddress }, 'a request failed');
  };
  const responder = respond({
    at: 'server',
    channel,
    handlers: createServerHandlers(context, session),
    state: () => session.state.kind,
    idleTimeoutMs,
    budget,
    onFault,
  });
  void channel.closed.then(() => {
    context.strangers.leave(session);
  });
  const closed = responder.closed
    .then(() => (session.state.kind === 'logged-in' ? leave(context, session.state) : undefined))
    .catch(onFault);
  return { end, push, closed };
}
