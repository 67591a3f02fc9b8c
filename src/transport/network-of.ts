import ipaddr from 'ipaddr.js';

/** What one customer of a provider has: an IPv4 address, or a /64 of IPv6. [RFC 6177] */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`;
}
