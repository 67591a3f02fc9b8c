import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import { openSqliteCatalog } from '../catalog/sqlite/sqlite-catalog.ts';
import { SERVER_PORT_DEFAULT, type HostPort } from '../protocol/host-port.ts';
import { formatJoinLink } from '../protocol/join-link.ts';
import { loadOrCreateInvite } from '../server/invite.ts';
import { startServer } from '../server/server.ts';
import { IDENTITY_FILE } from '../storage/data-folder.ts';
import { loadOrCreateIdentity } from '../transport/identity.ts';
import { ANY_HOST } from './arguments.ts';
import { keepListen, loadListen } from './kept-listen.ts';
import { explainTakenPort } from './listening.ts';
import { relayLimitsOf, type ServerOptions } from './server-options.ts';

export type ServerSetup = ServerOptions & { readonly dataFolder: string; readonly log: Logger };

export type ComposedServer = { readonly joinLink: string; close(): Promise<void> };

/** The host that others can dial: the one listened on or, where that is every address, the first that isn't this machine's alone. */
export function dialableHost(listenHost: string): string {
  const isEvery = ipaddr.isValid(listenHost) && ipaddr.process(listenHost).range() === 'unspecified';
  if (!isEvery) return listenHost;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const outward = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
  return outward?.address ?? '127.0.0.1';
}

const LISTEN_DEFAULT: HostPort = { host: ANY_HOST, port: SERVER_PORT_DEFAULT };

/**
 * An indexing server on the embedded catalog, everything of it in one folder, which is locked. Where it listens is kept for
 * the next start.
 *
 * @throws SwapmeetError `already-running`, `disk-error`, `unreachable`
 */
export async function composeServer({ dataFolder, log, ...options }: ServerSetup): Promise<ComposedServer> {
  let resync: (ids: readonly string[]) => void = () => undefined;
  const catalog = await openSqliteCatalog({
    folder: dataFolder,
    onDamage: ({ segment, ids }) => {
      log.error(
        { segment, peers: ids.length },
        'a part of the catalog was damaged on the disk and is left out; its peers send their lists again. Look after the disk',
      );
      resync(ids);
    },
  });
  try {
    const listen = options.listen ?? (await loadListen(dataFolder)) ?? LISTEN_DEFAULT;
    const identity = await loadOrCreateIdentity(join(dataFolder, IDENTITY_FILE));
    const invite = await loadOrCreateInvite(join(dataFolder, 'invite'));
    const server = await startServer(
      {
        ...listen,
        registration: options.registration,
        plaintext: options.plaintext ?? false,
        relay: relayLimitsOf(options),
      },
      { catalog, standingFile: join(dataFolder, 'standing.db'), identity, invite, log, now: Date.now },
    );
    ({ resync } = server);
    const close = async (): Promise<void> => {
      await server.close();
      await catalog.close();
    };
    await keepListen(dataFolder, listen).catch(async (error: unknown) => {
      await server.close();
      throw error;
    });
    return { joinLink: formatJoinLink({ ...server, host: dialableHost(listen.host) }), close };
  } catch (error) {
    await catalog.close();
    throw explainTakenPort(error, '--listen');
  }
}
