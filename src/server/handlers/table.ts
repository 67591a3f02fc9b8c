import type { Handlers } from '../../transport/responder.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { ServerContext } from '../context.ts';
import type { LoggedIn, Session } from '../session.ts';
import { browsePeer } from './browse-peer.ts';
import { cancel } from './cancel.ts';
import { find } from './find.ts';
import { folder } from './folder.ts';
import { keepAlive } from './keep-alive.ts';
import { listCommit } from './list-commit.ts';
import { listDelta } from './list-delta.ts';
import { listPart } from './list-part.ts';
import { listState } from './list-state.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { network } from './network.ts';
import { parts } from './parts.ts';
import { reach } from './reach.ts';
import { registerUpdate } from './register-update.ts';
import { register } from './register.ts';
import { relay } from './relay.ts';
import { resume } from './resume.ts';
import { search } from './search.ts';
import { seen } from './seen.ts';
import { showPeers } from './show-peers.ts';
import { sources } from './sources.ts';
import { unwatch } from './unwatch.ts';
import { watch } from './watch.ts';
import { watches } from './watches.ts';

/** How far the online window may be off for requests other than KEEP_ALIVE: it spares the catalog a write for each. */
const PRESENCE_LAG_MS = 2_000;

/** The handlers of one connection: each request of the message table, and what answers it. */
export function createServerHandlers(context: ServerContext, session: Session): Handlers<'server'> {
  function anybody<Request, Ok>(handle: (context: ServerContext, session: Session, request: Request) => Promise<Ok>) {
    return async (request: Request) => ({ ok: await handle(context, session, request) });
  }

  /** Any request of a peer is a sign of life. */
  function loggedIn<Request, Ok>(
    handle: (context: ServerContext, peer: LoggedIn, request: Request, signal: AbortSignal) => Promise<Ok>,
    lagMs: number = PRESENCE_LAG_MS,
  ) {
    return async (request: Request, signal: AbortSignal) => ({
      ok: await handle(context, heardOf(lagMs), request, signal),
    });
  }

  function heardOf(lagMs: number): LoggedIn {
    const peer = peerOf(session);
    peer.pulse.beat(lagMs);
    return peer;
  }

  return {
    REGISTER: anybody(register),
    LOGIN: anybody(login),
    RESUME: anybody(resume),
    RELAY: (request, signal) => relay(context, session, request, signal),
    KEEP_ALIVE: loggedIn(keepAlive, 0),
    LOGOUT: loggedIn(logout),
    SHOW_PEERS: loggedIn(showPeers),
    BROWSE_PEER: loggedIn(browsePeer),
    SEARCH: loggedIn(search),
    REGISTER_UPDATE: loggedIn(registerUpdate),
    FIND: async (request, signal) => ({ payload: await find(context, heardOf(PRESENCE_LAG_MS), request, signal) }),
    SOURCES: loggedIn(sources),
    REACH: loggedIn((at, peer, request) => Promise.resolve(reach(at, peer, request))),
    LIST_STATE: loggedIn(listState),
    LIST_PART: loggedIn(listPart),
    LIST_COMMIT: loggedIn(listCommit),
    LIST_DELTA: loggedIn(listDelta),
    PARTS: loggedIn(parts),
    CANCEL: loggedIn(cancel),
    NETWORK: loggedIn(network),
    FOLDER: loggedIn(folder),
    WATCH: loggedIn(watch),
    UNWATCH: loggedIn(unwatch),
    WATCHES: loggedIn(watches),
    SEEN: loggedIn(seen),
  };
}

function peerOf(session: Session): LoggedIn {
  if (session.state.kind === 'logged-in') return session.state;
  throw new SwapmeetError('not-logged-in', 'the session has ended: LOGIN again');
}
