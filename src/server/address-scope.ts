import ipaddr from 'ipaddr.js';

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

/** What one customer of a provider has: an IPv4 address, or a /64 of IPv6. [RFC 6177] */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`;
}
