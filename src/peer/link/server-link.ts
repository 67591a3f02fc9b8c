import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import { KEEP_ALIVE_INTERVAL_MS, REGISTRATION_TTL_MS } from '../../domain/presence.ts';
import type { Call } from '../../protocol/codecs/reach.ts';
import type { Whereabouts } from '../../protocol/codecs/session.ts';
import type { Match } from '../../protocol/codecs/watch.ts';
import type { OkOf, RequestNameAt, RequestOf } from '../../protocol/messages.ts';
import { createCaller, type Caller, type CallOptions } from '../../transport/caller.ts';
import { dial } from '../../transport/dialler.ts';
import type { Certificate, Identity } from '../../transport/identity.ts';
import { backOffMs, type BackOff } from '../back-off.ts';
import { closeOnAbort } from '../close-on-abort.ts';
import type { LinkStatus } from './link-status.ts';
import { createWake } from '../wake.ts';
import { createServerClock } from './server-clock.ts';
import { logIn, type Account, type LoggedIn } from './log-in.ts';

/** How long the link waits for what; all in ms. */
export type LinkTiming = {
  /** Between two tries: at least half of it, the rest by lot, so that a restarted server isn't met by all its peers at once. */
  readonly retry: BackOff;
  readonly keepAliveIntervalMs: number;
  /** For LOGOUT, and for the replies that are still to come before it. */
  readonly logoutTimeoutMs: number;
};

const TIMING: LinkTiming = {
  retry: { firstMs: 500, lastMs: 60_000 },
  keepAliveIntervalMs: KEEP_ALIVE_INTERVAL_MS,
  logoutTimeoutMs: 3_000,
};

/** Only a login renews the registration's TTL, so even a session that lasts is begun anew now and then. */
const SESSION_AGE_MAX_MS = REGISTRATION_TTL_MS / 4;

/** Refusals that stay the same until a person acts. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'wrong-password',
  'name-taken',
  'invite-needed',
  'bad-name',
  'wrong-key',
  'taken-over',
]);

export type ServerLinkOptions = {
  readonly server: { readonly host: string; readonly port: number; readonly key: string };
  readonly identity: Identity;
  /** Where this peer serves others. */
  readonly whereabouts: () => Whereabouts;
  readonly account: () => Account;
  /** Keeps what the server gave out; resolves once it is on disk. */
  readonly keep: (given: { readonly id: string; readonly resumeToken?: string | undefined }) => Promise<void>;
  readonly log: Logger;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, by a clock that is never set. */
  readonly steadyNow?: () => number;
  /** From 0 to 1, as Math.random. */
  readonly random?: () => number;
  readonly timing?: LinkTiming;
};

/** The link to the indexing server: logs in, stays logged in, and comes back by itself when the connection is lost. */
export type ServerLink = {
  status(): LinkStatus;
  /** @throws SwapmeetError the KO, or `disconnected` while there is no session */
  call<Name extends RequestNameAt<'server'>>(
    name: Name,
    request: RequestOf<Name>,
    options?: CallOptions<Name>,
  ): Promise<OkOf<Name>>;
  /** The newest ticket, while logged in. */
  ticket(): string | undefined;
  /** What time it is at the server, Unix ms; by this machine's clock before the first login. */
  serverNow(): number;
  /** The server's certificate as the connection showed it: tickets are checked against it. */
  serverCertificate(): Certificate | undefined;
  /** Resolves with the peer's id when there is a session; at once if there is one now. Rejects with the signal's reason. */
  online(signal: AbortSignal): Promise<string>;
  /** Is told each time a session begins. Returns how to stop being told. */
  onOnline(listener: () => void): () => void;
  /** Is told of what the watches match; also before `onOnline` says that the session has begun. Returns how to stop being told. */
  onMatch(listener: (match: Match) => void): () => void;
  /** Is told of other peers that want a connection. Returns how to stop being told. */
  onCall(listener: (call: Call) => void): () => void;
  /** The whereabouts are others now: the session is begun anew, to tell them. */
  moved(): void;
  /** Logs out if there is a session, then closes. */
  close(): Promise<void>;
  /** Resolves when the link is closed; rejects when the server refuses this peer for good. */
  readonly finished: Promise<void>;
};

type Connected = { readonly caller: Caller; readonly session: LoggedIn };

export function createServerLink(options: ServerLinkOptions): ServerLink {
  const { log, now, steadyNow = () => performance.now(), keep, random = Math.random, timing = TIMING } = options;
  const stop = new AbortController();
  const stopped = (): boolean => stop.signal.aborted;
  const listeners = new Set<() => void>();
  const matchListeners = new Set<(match: Match) => void>();
  const callListeners = new Set<(call: Call) => void>();
  const begun = createWake();
  const serverClock = createServerClock(now, steadyNow);
  let status: LinkStatus = { state: 'connecting' };
  let connected: Connected | undefined;
  let serverCertificate: Certificate | undefined;

  async function connect(): Promise<{ connected: Connected; ended: Promise<SwapmeetError> }> {
    const { host, port, key } = options.server;
    const channel = await dial({ host, port, expectedKey: key, identity: options.identity, signal: stop.signal });
    serverCertificate = channel.certificate;
    const told = Promise.withResolvers<SwapmeetError>();
    const caller = createCaller(channel, {
      SESSION_ENDED: told.resolve,
      MATCH: (match) => {
        for (const listener of matchListeners) listener(match);
      },
      CALL: (call) => {
        for (const listener of callListeners) listener(call);
      },
    });
    closeOnAbort(caller, stop.signal);
    try {
      const session = await logIn(caller, options.account(), options.whereabouts(), (id) => keep({ id }));
      serverClock.note(session.ticket);
      await keep({ id: session.id, resumeToken: session.resumeToken });
      stop.signal.throwIfAborted();
      return { connected: { caller, session }, ended: Promise.race([told.promise, caller.closed]) };
    } catch (error) {
      caller.close();
      throw error;
    }
  }

  async function keepAlive({ caller }: Connected, signal: AbortSignal): Promise<void> {
    const beginMs = now();
    while (now() - beginMs < SESSION_AGE_MAX_MS) {
      await sleep(timing.keepAliveIntervalMs, undefined, { signal });
      if (!connected) return;
      const { session } = connected;
      const given = await caller.call('KEEP_ALIVE', { id: session.id });
      serverClock.note(given.ticket);
      connected = { caller, session: { ...session, ...given, resumeToken: session.resumeToken } };
      status = { state: 'online', id: session.id, address: given.address };
    }
  }

  /** One session from LOGIN to its end; returns why it ended. */
  async function runSession(): Promise<SwapmeetError> {
    const { connected: fresh, ended } = await connect();
    connected = fresh;
    status = { state: 'online', id: fresh.session.id, address: fresh.session.address };
    log.info({ id: fresh.session.id, address: fresh.session.address }, 'online');
    for (const listener of listeners) listener();
    begun.wake();
    const over = new AbortController();
    const beating = keepAlive(fresh, over.signal)
      .catch((error: unknown) => {
        log.debug({ err: error }, 'keep-alive ended');
      })
      .finally(() => {
        fresh.caller.close();
      });
    try {
      return await ended;
    } finally {
      connected = undefined;
      over.abort();
      fresh.caller.close();
      await beating;
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped()) {
      const reason = await runSession().then(
        (ended) => {
          failures = 0;
          return ended;
        },
        (error: unknown) => toSwapmeetError(error),
      );
      if (stopped()) return;
      const { code, message } = reason;
      if (FINAL.has(code)) {
        status = { state: 'refused', code, message };
        log.error({ code }, `the server refuses this peer: ${message}`);
        throw reason;
      }
      failures += 1;
      const waitMs = backOffMs(timing.retry, failures) * (0.5 + random() / 2);
      status = { state: 'offline', code, message, retryAtMs: now() + waitMs };
      log.warn({ code, waitMs: Math.round(waitMs) }, `no session: ${message}`);
      await sleep(waitMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  async function logOut(): Promise<void> {
    if (!connected) return;
    const { caller, session } = connected;
    const { username, password } = options.account();
    // The reply may come behind that to a whole list, for which nobody who wants to stop waits.
    const deadline = setTimeout(() => {
      caller.close();
    }, timing.logoutTimeoutMs);
    try {
      await caller.call('LOGOUT', { username, password, id: session.id });
    } catch (error) {
      log.debug({ err: error }, 'left without LOGOUT');
    } finally {
      clearTimeout(deadline);
    }
  }

  function current(): Connected {
    if (connected) return connected;
    const why = 'message' in status ? `: ${status.message}` : '';
    throw new SwapmeetError('disconnected', `not connected to the indexing server${why}; the peer goes on trying`);
  }

  const finished = run();
  // Whoever is interested awaits it; nobody has to.
  finished.catch(() => undefined);

  return {
    status: () => status,
    call: async (name, request, callOptions) => current().caller.call(name, request, callOptions),
    ticket: () => connected?.session.ticket,
    serverNow: serverClock.now,
    serverCertificate: () => serverCertificate,
    online: async (signal) => {
      while (!connected) await begun.wait(undefined, signal);
      return connected.session.id;
    },
    onOnline: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onMatch: (listener) => {
      matchListeners.add(listener);
      return () => matchListeners.delete(listener);
    },
    onCall: (listener) => {
      callListeners.add(listener);
      return () => callListeners.delete(listener);
    },
    moved: () => {
      connected?.caller.close();
    },
    close: async () => {
      await logOut();
      stop.abort();
      await finished.catch(() => undefined);
    },
    finished,
  };
}
