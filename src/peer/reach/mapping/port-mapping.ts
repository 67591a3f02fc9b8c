import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toSwapmeetError } from '../../../domain/errors.ts';
import { gatewayCandidates } from './gateways.ts';
import type { Mapping, Router } from './mapping.ts';
import { mapByNatPmp } from './nat-pmp.ts';
import { pcpRouter } from './pcp.ts';
import { ROUTER_PORT } from './router-exchange.ts';
import { findGateways } from './ssdp.ts';
import { openUpnpRouter } from './upnp.ts';

/** Where the mapping of this peer's port stands. */
export type MappingStatus =
  | { readonly state: 'off' }
  | { readonly state: 'searching' }
  | { readonly state: 'mapped'; readonly by: Router['by']; readonly router: string; readonly externalPort: number }
  /** No router grants one; `message` says why, as far as one was there. */
  | { readonly state: 'none'; readonly message: string };

/** Keeps a port of the router's public address mapped to this peer's, as long as it runs. */
export type PortMapping = {
  readonly status: () => MappingStatus;
  /** The port that others dial, where one is mapped. */
  readonly externalPort: () => number | undefined;
  /** Resolves when it is known whether there is a mapping; within some seconds. */
  readonly decided: Promise<void>;
  /** Gives the port back, for which the router gets a moment. */
  readonly close: () => Promise<void>;
};

export type PortMappingOptions = {
  readonly port: number;
  /** Of this peer, the same in each of its processes. */
  readonly secret: string;
  readonly log: Logger;
  /** The port is another one now, or there is none any more. */
  readonly onChange: () => void;
  readonly findRouters?: (signal: AbortSignal) => Promise<readonly Router[]>;
};

/** Short, since what is not given back is gone by itself then. [RFC 6886 §3.3 recommends 2 h] */
const LIFETIME_S = 3_600;
/** Where there is no router, one may be plugged in. */
const SEARCH_AGAIN_MS = 15 * 60_000;
const RENEW_MS_MIN = 10_000;
/** However long a router grants it; timers know no more than 24 days. */
const RENEW_MS_MAX = 24 * 60 * 60_000;
const GIVE_BACK_MS = 1_500;

export function startPortMapping({
  port,
  secret,
  log,
  onChange,
  findRouters = (signal) => findAllRouters(secret, signal),
}: PortMappingOptions): PortMapping {
  const stop = new AbortController();
  const decided = Promise.withResolvers<undefined>();
  let status: MappingStatus = { state: 'searching' };
  let current: { readonly router: Router; readonly mapping: Mapping } | undefined;

  function become(next: MappingStatus): void {
    const before = externalPort();
    status = next;
    if (externalPort() !== before) onChange();
  }

  function externalPort(): number | undefined {
    return status.state === 'mapped' ? status.externalPort : undefined;
  }

  async function mapAt(router: Router, wantedPort: number): Promise<void> {
    const mapping = await router.map(
      { internalPort: port, externalPort: wantedPort, lifetimeS: LIFETIME_S },
      stop.signal,
    );
    current = { router, mapping };
    become({ state: 'mapped', by: router.by, router: router.host, externalPort: mapping.externalPort });
  }

  /** The router that has the mapping is asked first, then all others. */
  async function renew(): Promise<void> {
    const before = current;
    if (before && (await succeeds(mapAt(before.router, before.mapping.externalPort)))) return;
    current = undefined;
    let message = 'no router answers by PCP, NAT-PMP or UPnP';
    for (const router of await findRouters(stop.signal)) {
      try {
        await mapAt(router, port);
        log.info(status, 'port mapped');
        return;
      } catch (error) {
        ({ message } = toSwapmeetError(error));
      }
    }
    become({ state: 'none', message });
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      await renew();
      decided.resolve(undefined);
      await delay(waitMs(), undefined, { signal: stop.signal, ref: false });
    }
  }

  /** Half of the lifetime: should a renewal fail, there is time for another. [RFC 6886 §3.3] */
  function waitMs(): number {
    const lifetimeS = current?.mapping.lifetimeS ?? 0;
    return lifetimeS === 0 ? SEARCH_AGAIN_MS : Math.min(RENEW_MS_MAX, Math.max(RENEW_MS_MIN, (lifetimeS * 1000) / 2));
  }

  const running = run().catch(() => undefined);
  return {
    status: () => status,
    externalPort,
    decided: decided.promise,
    close: async () => {
      stop.abort();
      decided.resolve(undefined);
      await running;
      if (!current) return;
      const { router, mapping } = current;
      const request = { internalPort: port, externalPort: mapping.externalPort, lifetimeS: 0 };
      await succeeds(router.map(request, AbortSignal.timeout(GIVE_BACK_MS)));
    },
  };
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  );
}

/** All that may map a port, those that have answered before those that may be there. */
async function findAllRouters(secret: string, signal: AbortSignal): Promise<Router[]> {
  const [gateways, locations] = await Promise.all([gatewayCandidates(networkInterfaces()), findGateways(signal)]);
  const askable = gateways.map((host) => ({ host, port: ROUTER_PORT }));
  const pcp = askable.map((address) => pcpRouter(address, secret));
  const natPmp = askable.map((address): Router => ({
    by: 'NAT-PMP',
    host: address.host,
    map: (request, stop) => mapByNatPmp(address, request, stop),
  }));
  const upnp = await Promise.allSettled(locations.map((location) => openUpnpRouter(location, signal)));
  return [...upnp.flatMap((opened) => (opened.status === 'fulfilled' ? [opened.value] : [])), ...pcp, ...natPmp];
}
