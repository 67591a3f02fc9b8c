import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Catalog } from '../catalog/catalog.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { LIST_BYTES_MAX } from '../protocol/limits.ts';
import { createByteBudget } from '../transport/byte-budget.ts';
import type { Channel } from '../transport/channel.ts';
import type { Identity } from '../transport/identity.ts';
import { listen } from '../transport/listener.ts';
import type { Responder } from '../transport/responder.ts';
import { startClockWatch } from './clock-watch.ts';
import { serveConnection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { createDialBack } from './dial-back.ts';
import { expire, startExpiry } from './expiry.ts';
import { createKeyedLock } from '../domain/keyed-lock.ts';
import { createNewcomerLimiter } from './newcomer-limiter.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { createCalls } from './relay/calls.ts';
import { RELAY_LIMITS, type RelayLimits } from './relay/relay-limits.ts';
import { createRelays } from './relay/relays.ts';
import { createParts } from './parts.ts';
import { createSessions } from './sessions.ts';
import { openStanding, type Standing } from './standing/standing.ts';
import { createStrangers, type StrangerLimits } from './strangers.ts';
import { createTryLimiter } from './try-limiter.ts';
import { createWatchLimiter } from './watch-limiter.ts';

export type ServerOptions = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly registration: 'invite' | 'open';
  /** Takes unencrypted frames too, from loopback only. */
  readonly plaintext?: boolean | undefined;
  /** How many connections may be open on which nobody has logged in. */
  readonly strangers?: StrangerLimits | undefined;
  /** Limits of the connections between peers that go through this server; null for none. */
  readonly relay?: RelayLimits | null | undefined;
  /** How long LOGIN waits for the dial-back. */
  readonly dialBackWaitMs?: number | undefined;
  /** How long requests under way may take to finish when the server stops. */
  readonly finishMs?: number | undefined;
};

export type ServerDependencies = {
  /** Stays open: it is closed by whoever opened it, after `close()`. */
  readonly catalog: Catalog;
  /** The database of the standing searches, made where it is missing. */
  readonly standingFile: string;
  readonly identity: Identity;
  /** See `loadOrCreateInvite`. Not asked for where registration is open. */
  readonly invite: string;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** ms, by a clock that is never set. */
  readonly steadyNow?: (() => number) | undefined;
  readonly passwords?: Passwords | undefined;
};

export type RunningServer = {
  readonly address: string;
  readonly port: number;
  /** What a join link names: SHA-256 of the server's public key, hex. */
  readonly key: string;
  /** What a join link has to bring; undefined where registration is open. */
  readonly invite: string | undefined;
  /** Has peers that are online send their lists again: what the catalog had of them was damaged. */
  readonly resync: (ids: readonly string[]) => void;
  /**
   * Tells every client, and lets the requests under way finish for some seconds. What takes longer is left to fail when the
   * catalog is closed: it was not acknowledged.
   */
  readonly close: () => Promise<void>;
};

const DIAL_BACK_WAIT_MS = 2_000;
/** What the requests under way of all connections may hold together: two whole lists of the largest size, one of them a stranger’s. */
const REQUEST_BYTES_MAX = 128 * 1024 * 1024;
/** How long clients have to read that the server stops. */
const FAREWELL_MS = 1_000;
/** How long requests under way may take to finish after that. A service manager kills who takes much longer. */
const FINISH_MS = 10_000;

/** ms, since this process began. */
function processNow(): number {
  return performance.now();
}

function createContext(options: ServerOptions, dependencies: ServerDependencies, standing: Standing): ServerContext {
  const { catalog, identity, log, now, steadyNow = processNow, passwords = createPasswords() } = dependencies;
  const parts = createParts();
  return {
    catalog,
    identity,
    invite: options.registration === 'open' ? undefined : dependencies.invite,
    passwords,
    tries: createTryLimiter(steadyNow),
    newcomers: createNewcomerLimiter(steadyNow),
    watchLimiter: createWatchLimiter(steadyNow),
    sessions: createSessions(parts),
    parts,
    strangers: createStrangers(options.strangers),
    standing,
    looks: createKeyedLock(),
    accounts: createKeyedLock(),
    dialBack: createDialBack(identity),
    relays: options.relay === null ? undefined : createRelays(options.relay ?? RELAY_LIMITS, steadyNow),
    calls: createCalls(steadyNow),
    dialBackWaitMs: options.dialBackWaitMs ?? DIAL_BACK_WAIT_MS,
    log,
    now,
  };
}

/** Watches go with their peers; one that went just before a crash may have left some. */
async function forgetGone({ catalog, standing }: ServerContext): Promise<void> {
  for (const id of await standing.call('peers', [])) {
    if (!(await catalog.findById(id))) await standing.call('forget', [[id]]);
  }
}

/** Whether something has ended within a time. */
async function endsWithin(ended: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const decided = new AbortController();
  const late = delay(timeoutMs, false, { signal: decided.signal }).catch(() => false);
  const inTime = await Promise.race([ended.then(() => true), late]);
  decided.abort();
  return inTime;
}

/** The open connections of a server, until it stops. */
function createConnections(context: ServerContext) {
  const budget = createByteBudget(REQUEST_BYTES_MAX, LIST_BYTES_MAX);
  const open = new Set<Responder>();
  let stopping = false;
  return {
    accept: (channel: Channel): void => {
      if (stopping) {
        channel.destroy();
        return;
      }
      const responder = serveConnection(context, channel, budget);
      open.add(responder);
      void responder.closed.then(() => open.delete(responder));
    },
    /** Resolves when no connection is left and none of their requests is being handled. */
    end: async (reason: SwapmeetError): Promise<void> => {
      stopping = true;
      const all = [...open];
      for (const responder of all) responder.end(reason);
      await Promise.all(all.map(({ closed }) => closed));
    },
  };
}

/**
 * Runs an indexing server on a catalog that nobody else uses.
 *
 * @throws SwapmeetError `unreachable` where the address can't be listened on
 */
export async function startServer(options: ServerOptions, dependencies: ServerDependencies): Promise<RunningServer> {
  const { host, port, plaintext = false } = options;
  const { catalog, standingFile, identity, log, steadyNow = processNow } = dependencies;
  const standing = await openStanding({ file: standingFile, catalog, log });
  const context = createContext(options, dependencies, standing);
  standing.onNews((news) => {
    for (const { peer, watch } of news) context.sessions.find(peer)?.matches.notify([watch]);
  });
  const connections = createConnections(context);
  await catalog.endAllSessions();
  await expire(context);
  await forgetGone(context);
  const listener = await listen({ host, port, identity, plaintext, onChannel: connections.accept }).catch(
    async (error: unknown) => {
      await standing.close();
      throw error;
    },
  );
  const clock = startClockWatch(context, steadyNow);
  const expiry = startExpiry(context, clock);
  log.info({ address: listener.address, port: listener.port, key: identity.key }, 'listening');
  return {
    address: listener.address,
    port: listener.port,
    key: identity.key,
    invite: context.invite,
    resync: (ids) => {
      const reason = new SwapmeetError(
        'wrong-revision',
        'a part of the list was lost on the disk: log in, and send it again',
      );
      for (const id of ids) context.sessions.find(id)?.session.end(reason);
    },
    close: async () => {
      const ended = connections.end(new SwapmeetError('shutting-down', 'the server stops; come back later'));
      await endsWithin(ended, FAREWELL_MS);
      context.relays?.close();
      clock.stop();
      await listener.close();
      const finished = await endsWithin(Promise.all([ended, expiry.stop()]), options.finishMs ?? FINISH_MS);
      if (!finished) log.warn('requests under way were given up');
      await standing.close();
      log.info('stopped');
    },
  };
}
