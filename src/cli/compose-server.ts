import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import { openSqliteCatalog } from '../catalog/sqlite/sqlite-catalog.ts';
import type { HostPort } from '../protocol/host-port.ts';
import { formatJoinLink } from '../protocol/join-link.ts';
import { loadOrCreateInvite } from '../server/invite.ts';
import { startServer } from '../server/server.ts';
import { IDENTITY_FILE } from '../storage/data-folder.ts';
import { loadOrCreateIdentity } from '../transport/identity.ts';
import { explainTakenPort } from './listening.ts';

export type ServerSetup = {
  readonly dataFolder: string;
  readonly listen: HostPort;
  readonly registration: 'invite' | 'open';
  readonly plaintext: boolean;
  readonly log: Logger;
};

export type ComposedServer = { readonly joinLink: string; close(): Promise<void> };

/** The host that others can dial: the one listened on or, where that is every address, the first that isn't this machine's alone. */
export function dialableHost(listenHost: string): string {
  const isEvery = ipaddr.isValid(listenHost) && ipaddr.process(listenHost).range() === 'unspecified';
  if (!isEvery) return listenHost;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const outward = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
  return outward?.address ?? '127.0.0.1';
}

/**
 * An indexing server on the embedded catalog, everything of it in one folder, which is locked.
 *
 * @throws SwapmeetError `already-running`, `disk-error`, `unreachable`
 */
export async function composeServer({ dataFolder, log, ...options }: ServerSetup): Promise<ComposedServer> {
  const catalog = await openSqliteCatalog({ folder: dataFolder });
  try {
    const identity = await loadOrCreateIdentity(join(dataFolder, IDENTITY_FILE));
    const server = await startServer(
      { ...options.listen, registration: options.registration, plaintext: options.plaintext },
      { catalog, identity, invite: await loadOrCreateInvite(join(dataFolder, 'invite')), log, now: Date.now },
    );
    return {
      joinLink: formatJoinLink({ ...server, host: dialableHost(options.listen.host) }),
      close: async () => {
        await server.close();
        await catalog.close();
      },
    };
  } catch (error) {
    await catalog.close();
    throw explainTakenPort(error, '--listen');
  }
}
