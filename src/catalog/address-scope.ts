import ipaddr from 'ipaddr.js';
import type { HostPort } from '../protocol/host-port.ts';

/** From where an address can be reached: this machine, this network, or anywhere; nearest first. */
const SCOPES = ['loopback', 'private', 'public'] as const;
export type AddressScope = (typeof SCOPES)[number];

/** What is no address counts as public: it is shown nothing that is nearer. */
export function scopeOf(address: string): AddressScope {
  if (!ipaddr.isValid(address)) return 'public';
  const range = ipaddr.process(address).range();
  if (range === 'loopback') return 'loopback';
  return range === 'unicast' ? 'public' : 'private';
}

/**
 * Whether an address means the same machine to whoever asks as it does to this server: somebody outside must learn no
 * private address, and could do nothing with it. [PROTOCOL §10]
 *
 * @param address of a source
 * @param viewer the address that the asking peer was seen at
 */
export function isVisibleTo(address: string, viewer: string): boolean {
  return SCOPES.indexOf(scopeOf(address)) >= SCOPES.indexOf(scopeOf(viewer));
}

/**
 * Tells of peers whether one who is seen at an address may know of them; each is looked up once. Undefined stands for the server
 * itself, which sees all.
 */
export function createVisibility(
  viewer: string | undefined,
  peers: { addressOf(peer: number): string | undefined },
): (peer: number) => boolean {
  if (viewer === undefined || scopeOf(viewer) === SCOPES[0]) return () => true;
  const known = new Map<number, boolean>();
  return (peer) => {
    const seen = known.get(peer);
    if (seen !== undefined) return seen;
    const address = peers.addressOf(peer);
    const isVisible = address !== undefined && isVisibleTo(address, viewer);
    known.set(peer, isVisible);
    return isVisible;
  };
}

/**
 * Where machines of one network are. Not whatever else is near: an address that stands for all or for none leads back to whoever
 * dials it, and link-local ones to services of a cloud that trust it.
 */
const NETWORK_RANGES: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/** The addresses that mean something inside of a network only: nobody is pointed anywhere else by what a peer says of itself. */
export function privateOf(addresses: readonly HostPort[]): HostPort[] {
  return addresses.filter(({ host }) => ipaddr.isValid(host) && NETWORK_RANGES.has(ipaddr.process(host).range()));
}
