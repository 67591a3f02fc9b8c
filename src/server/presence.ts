import { SwapmeetError } from '../domain/errors.ts';
import type { SessionReply, Whereabouts } from '../protocol/codecs/session.ts';
import { formatHostPort, PEER_PORT_DEFAULT } from '../protocol/host-port.ts';
import { signTicket } from '../transport/tickets.ts';
import type { ServerContext } from './context.ts';
import { privateOf } from '../catalog/address-scope.ts';
import { createPulse } from './pulse.ts';
import { createReach } from './reach.ts';
import type { LoggedIn, Session } from './session.ts';
import { createMatchPush } from './standing/match-push.ts';

export type Entrance = {
  readonly id: string;
  readonly username: string;
  readonly resumeTokenHash: string;
  readonly whereabouts: Whereabouts;
};

/**
 * Begins the session of an id on a connection, taking it over from an older one. The caller holds the account's lock.
 *
 * @throws SwapmeetError `unknown-id`
 */
export async function enter(context: ServerContext, session: Session, entrance: Entrance): Promise<LoggedIn> {
  const { id, username, resumeTokenHash, whereabouts } = entrance;
  const { port = PEER_PORT_DEFAULT, lan = [] } = whereabouts;
  const key = session.certificate?.key;
  const nowMs = context.now();
  await context.catalog.beginSession({ id, resumeTokenHash, key }, nowMs);
  const reach = createReach(context, entrance, { address: session.remoteAddress, port }, key);
  const pulse = createPulse(context, id, nowMs);
  const matches = createMatchPush(context, { id, session });
  const peer: LoggedIn = { kind: 'logged-in', id, username, session, lan: privateOf(lan), reach, pulse, matches };
  const older = context.sessions.begin(peer);
  session.state = peer;
  if (older) {
    context.log.info({ id, username, remote: older.session.remoteAddress }, 'taken over');
    older.session.end(new SwapmeetError('taken-over', 'the same id logged in on another connection'));
  }
  return peer;
}

/** Gives the dial-back of a new session a moment, so that the reply can tell where the peer is published. */
export async function awaitReach(context: ServerContext, peer: LoggedIn): Promise<void> {
  const patience = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    patience.resolve(undefined);
  }, context.dialBackWaitMs);
  await Promise.race([peer.reach.attempt(), patience.promise]);
  clearTimeout(timer);
}

/** A fresh ticket, bound to the connection's certificate, and the published address. */
export function describeSession(context: ServerContext, peer: LoggedIn): SessionReply {
  const { certificate } = peer.session;
  const endpoint = peer.reach.address();
  return {
    ticket: certificate && signTicket(context.identity, peer, certificate.thumbprint, context.now()),
    address: endpoint && formatHostPort({ host: endpoint.address, port: endpoint.port }),
  };
}

/** LOGOUT: the peer is offline, its resume token forgotten, and its connection open. @throws SwapmeetError `taken-over` */
export function logOut(context: ServerContext, peer: LoggedIn): Promise<void> {
  return context.accounts.run(peer.username, async () => {
    if (!context.sessions.isCurrent(peer)) {
      throw new SwapmeetError('taken-over', 'the same id logged in on another connection meanwhile');
    }
    await context.catalog.endSession(peer.id, { forget: true });
    context.sessions.end(peer.id);
    peer.session.state = { kind: 'open' };
  });
}

/** The connection of a session is gone: its peer is offline unless it came back on another, and may still resume. */
export function leave(context: ServerContext, peer: LoggedIn): Promise<void> {
  return context.accounts.run(peer.username, async () => {
    if (!context.sessions.isCurrent(peer)) return;
    context.sessions.end(peer.id);
    await context.catalog.endSession(peer.id, { forget: false });
    context.log.info({ id: peer.id, username: peer.username }, 'gone');
  });
}
