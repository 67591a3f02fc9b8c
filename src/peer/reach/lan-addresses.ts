import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { HostPort } from '../../protocol/host-port.ts';
import { LAN_ADDRESSES_MAX } from '../../protocol/limits.ts';

/** What `os.networkInterfaces()` returns. */
type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Bridges of virtual machines and containers: the same addresses on many machines, and none leads to another. */
const VIRTUAL = /^(docker|br-|veth|virbr|vboxnet|vmnet|vethernet)/i;

/** Ranges whose addresses mean the same to all on one network; link-local ones would need the name of an interface. */
const RANGES: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/**
 * The private addresses that this machine can be dialled at by others on its networks, those of IPv4 first.
 *
 * @param listener where this peer listens
 */
export function lanAddresses(
  interfaces: Interfaces,
  listener: { readonly address: string; readonly port: number },
): HostPort[] {
  const all = Object.entries(interfaces).flatMap(([name, infos = []]) => (VIRTUAL.test(name) ? [] : infos));
  return all
    .filter(({ internal, address }) => !internal && RANGES.has(rangeOf(address)) && isHeard(address, listener.address))
    .sort((a, b) => a.family.localeCompare(b.family))
    .slice(0, LAN_ADDRESSES_MAX)
    .map(({ address }) => ({ host: address, port: listener.port }));
}

function rangeOf(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).range() : '';
}

/** Whether who listens on one address hears what comes to another of the machine. */
function isHeard(address: string, listening: string): boolean {
  if (rangeOf(listening) !== 'unspecified') return address === listening;
  return listening.includes(':') || !address.includes(':');
}
