import { readFile } from 'node:fs/promises';
import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const ROUTES_FILE = '/proc/net/route';
/** What home routers and their makers take for themselves: the first address of a network, or the last but one. */
const CANDIDATES_MAX = 4;

/**
 * Addresses (IPv4) at which a router may be asked for a port: the default gateway where the system tells of it in a file, else
 * where routers usually are. Whoever else is there does not answer.
 */
export async function gatewayCandidates(interfaces: Interfaces): Promise<string[]> {
  const routes = await readFile(ROUTES_FILE, 'latin1').catch(() => '');
  const known = defaultGateways(routes);
  return (known.length > 0 ? known : usualGateways(interfaces)).slice(0, CANDIDATES_MAX);
}

/** The gateways of default routes, from the text of Linux's table: little-endian hex. */
export function defaultGateways(routes: string): string[] {
  const lines = routes.split('\n').slice(1);
  const found = lines.flatMap((line) => {
    const [, destination, gateway = ''] = line.trim().split(/\s+/);
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/i.test(gateway)) return [];
    return [[...Buffer.from(gateway, 'hex').reverse()].join('.')];
  });
  return [...new Set(found)].filter((address) => address !== '0.0.0.0');
}

/** The first and the last but one address of each private network that this machine is in. */
export function usualGateways(interfaces: Interfaces): string[] {
  const own = Object.values(interfaces).flatMap((infos = []) => infos);
  return own.flatMap(({ family, internal, cidr }) => {
    if (family !== 'IPv4' || internal || cidr === null) return [];
    const [address, bits] = ipaddr.IPv4.parseCIDR(cidr);
    if (address.range() !== 'private' || bits > 30) return [];
    const first = ipaddr.IPv4.networkAddressFromCIDR(cidr).toByteArray();
    const last = ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toByteArray();
    return [[...first.slice(0, 3), (first[3] ?? 0) + 1].join('.'), [...last.slice(0, 3), (last[3] ?? 0) - 1].join('.')];
  });
}
