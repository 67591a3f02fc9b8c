import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';
import { startPortMapping, type PortMapping, type PortMappingOptions } from './port-mapping.ts';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const NO_PORT_MAPPING: PortMapping = {
  status: () => ({ state: 'off' }),
  externalPort: () => undefined,
  decided: Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Maps the port where that is wanted. */
export function openPortMapping({
  isWanted,
  ...options
}: PortMappingOptions & { readonly isWanted: boolean }): PortMapping {
  return isWanted ? startPortMapping(options) : NO_PORT_MAPPING;
}

/**
 * Whether a router may stand between this peer and others: it has a private address of IPv4 that it listens on, and the
 * server, which sees peers as they are seen from outside, is not on this side of the router.
 */
export function mayBeBehindRouter(interfaces: Interfaces, listening: string, server: string): boolean {
  if (rangeOf(listening) === 'loopback' || isNear(server)) return false;
  const own = Object.values(interfaces).flatMap((infos = []) => infos);
  return own.some(({ internal, address }) => !internal && rangeOf(address) === 'private');
}

function isNear(host: string): boolean {
  const range = rangeOf(host);
  return host === 'localhost' || (range !== undefined && range !== 'unicast');
}

function rangeOf(host: string): string | undefined {
  return ipaddr.isValid(host) ? ipaddr.process(host).range() : undefined;
}
