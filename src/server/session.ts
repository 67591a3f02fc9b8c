import type { SwapmeetError } from '../domain/errors.ts';
import type { HostPort } from '../protocol/host-port.ts';
import type { Endpoint } from '../transport/channel.ts';
import type { Certificate } from '../transport/identity.ts';

/** A connection on its way through the server: who is at the other end, and the one value that says what it may do. */
export type Session = {
  /** As observed by this server. */
  readonly remoteAddress: string;
  readonly certificate: Certificate | undefined;
  state: SessionState;
  /** Tells the other side why, and closes. */
  end(reason: SwapmeetError): void;
  /** Tells the other side something unasked; resolves when it is on its way. @throws SwapmeetError `disconnected`, `timeout` */
  push(type: number, payload: Uint8Array | string): Promise<void>;
};

export type SessionState = { readonly kind: 'open' } | LoggedIn;

/** A LOGIN or RESUME that succeeded. Told apart by identity: the same id logged in again is another one. */
export type LoggedIn = {
  readonly kind: 'logged-in';
  readonly id: string;
  readonly username: string;
  readonly session: Session;
  /** Its private addresses, shown to peers behind the same public one. */
  readonly lan: readonly HostPort[];
  readonly reach: Reach;
  readonly pulse: Pulse;
  readonly matches: MatchPush;
};

/** Whether and where others can dial the peer of one LoggedIn. */
export type Reach = {
  /** Where the peer is published; undefined until it was dialled back there. */
  address(): Endpoint | undefined;
  /** Dials back unless that succeeded before, or is under way. Resolves when it is decided; never rejects. */
  attempt(): Promise<void>;
  /** The session has ended: nothing is published any more. */
  stop(): void;
};

/** Tells a peer of what its watches match. */
export type MatchPush = {
  /** Tells all that a watch has to tell, from the first that was not seen. */
  again: (watch: number) => void;
  /** These watches have new matches. Nobody waits for them to be told. */
  notify(watches: Iterable<number>): void;
  /** The session has ended. */
  stop(): void;
};

/** Tells the catalog when a peer was last heard of. */
export type Pulse = {
  /** The peer was heard of now. What the catalog knows may lag `lagMs` behind. Never throws, and nobody waits for the catalog. */
  beat(lagMs: number): void;
};
