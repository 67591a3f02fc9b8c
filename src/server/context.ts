import type { Logger } from 'pino';
import type { Catalog } from '../catalog/catalog.ts';
import type { Identity } from '../transport/identity.ts';
import type { DialBack } from './dial-back.ts';
import type { Calls } from './relay/calls.ts';
import type { KeyedLock } from '../domain/keyed-lock.ts';
import type { NewcomerLimiter } from './newcomer-limiter.ts';
import type { Parts } from './parts.ts';
import type { Passwords } from './passwords.ts';
import type { Relays } from './relay/relays.ts';
import type { Sessions } from './sessions.ts';
import type { Standing } from './standing/standing.ts';
import type { Strangers } from './strangers.ts';
import type { TryLimiter } from './try-limiter.ts';
import type { WatchLimiter } from './watch-limiter.ts';

/** What all connections of a server share. */
export type ServerContext = {
  readonly catalog: Catalog;
  readonly identity: Identity;
  /** What REGISTER must bring; undefined where registration is open. */
  readonly invite: string | undefined;
  readonly passwords: Passwords;
  readonly tries: TryLimiter;
  readonly newcomers: NewcomerLimiter;
  readonly watchLimiter: WatchLimiter;
  readonly sessions: Sessions;
  /** Of sessions: who ends one forgets them. */
  readonly parts: Parts;
  readonly strangers: Strangers;
  readonly standing: Standing;
  /** By id: a peer has one query of SEEN under way at a time, which nobody waits for, beside that of its connection. */
  readonly looks: KeyedLock;
  /** By username: held while a registration or session begins or ends, so that the catalog and `sessions` never differ. */
  readonly accounts: KeyedLock;
  readonly dialBack: DialBack;
  /** Undefined where this server relays nothing. */
  readonly relays: Relays | undefined;
  readonly calls: Calls;
  /** How long LOGIN and RESUME wait for the dial-back before it goes on behind their reply. */
  readonly dialBackWaitMs: number;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
};

/** The part of it that one thing needs: some methods of the catalog, and some of the rest. */
export type Needs<Method extends keyof Catalog, Rest extends Exclude<keyof ServerContext, 'catalog'> = never> = Pick<
  ServerContext,
  Rest
> & { readonly catalog: Pick<Catalog, Method> };
