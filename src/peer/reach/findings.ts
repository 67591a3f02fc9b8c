import type { ErrorCode } from '../../domain/errors.ts';
import type { LinkStatus } from '../link/link-status.ts';
import type { MappingStatus } from './mapping/port-mapping.ts';

/**
 * How a peer is reached: dialled where the server publishes it, or at a private address behind the same public one; asked to
 * dial this peer; or met at the server, which passes the bytes on.
 */
export const WAY_KINDS = ['direct', 'private', 'dial-back', 'relay'] as const;
export type WayKind = (typeof WAY_KINDS)[number];

/** One way to another peer, tried: how long it took, or why it does not work. */
export type WayTried = {
  readonly kind: WayKind;
  /** HOST:PORT, where it was dialled. */
  readonly address?: string | undefined;
  readonly tookMs?: number | undefined;
  readonly error?: { readonly code: ErrorCode; readonly message: string } | undefined;
};

/** This peer, as others and the server see it. */
export type OwnFinding = {
  readonly kind: 'self';
  readonly username: string;
  readonly server: string;
  readonly link: LinkStatus;
  /** HOST:PORT that it listens on. */
  readonly listen: string;
  /** Its private addresses, which the server tells to peers behind the same public one. */
  readonly lan: readonly string[];
  readonly portMapping: MappingStatus;
  /** How far this machine's clock is ahead of the server's, in whole seconds; absent where that could not be found out. */
  readonly clockAheadS?: number | undefined;
  /** What a person can do: sentences, none where all is well. */
  readonly advice: readonly string[];
};

/** Another peer. */
export type PeerFinding = {
  readonly kind: 'peer';
  readonly username: string;
  readonly id: string;
  /** Whether the server publishes its address. */
  readonly isPublished: boolean;
  readonly ways: readonly WayTried[];
  /** The first of them that works: what a download uses. */
  readonly reachedBy?: WayKind | undefined;
  /** How it reaches this peer, as far as that can be told from here. */
  readonly reachesUsBy?: WayKind | undefined;
  readonly advice: readonly string[];
};

export type Finding = OwnFinding | PeerFinding;
