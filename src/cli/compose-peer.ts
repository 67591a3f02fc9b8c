import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { startApiServer, type ApiServer } from '../api/server.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { checkUsername } from '../domain/username.ts';
import { PEER_PORT_DEFAULT, type HostPort } from '../protocol/host-port.ts';
import type { JoinLink } from '../protocol/join-link.ts';
import type { PeerControl } from '../peer/control.ts';
import { LIMITS_DEFAULT } from '../peer/limits/limit-settings.ts';
import { openTogether, type Opened } from '../peer/opened.ts';
import { startPeer, type RunningPeer } from '../peer/peer.ts';
import { loadSettings, type PeerSettings } from '../peer/settings.ts';
import { refuseMissing } from '../peer/shares/check-shares.ts';
import type { ShareDefinition } from '../peer/shares/share-definitions.ts';
import { lockDataFolder } from '../storage/data-folder-lock.ts';
import { diskFailure } from '../storage/disk-failure.ts';
import { ANY_HOST } from './arguments.ts';
import { explainTakenPort } from './listening.ts';

/** What a person says at a start; what is left out stays as it was. */
export type PeerSetup = {
  readonly dataFolder: string;
  readonly join?: JoinLink | undefined;
  readonly name?: string | undefined;
  /** The name of a new peer for which none is said. */
  readonly defaultName?: string | undefined;
  readonly password?: string | undefined;
  readonly shares?: readonly ShareDefinition[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly include?: readonly string[] | undefined;
  readonly downloadsFolder?: string | undefined;
  readonly listen?: HostPort | undefined;
  readonly portMapping: boolean;
  /** The option that `listen` comes from, to be named where it does not work; `--listen` when absent. */
  readonly listenOption?: '--peer-listen';
  readonly log: Logger;
};

export type ComposedPeer = Pick<RunningPeer, 'ready' | 'finished' | 'control' | 'close'>;

const PASSWORD_BYTES = 24;

/** The settings for this start: the kept ones, overridden by what is said. @throws SwapmeetError `bad-argument`, `bad-name` */
function settle(kept: PeerSettings | undefined, setup: PeerSetup): PeerSettings {
  const { dataFolder } = setup;
  const server = setup.join ?? kept?.server;
  const username = setup.name ?? kept?.username ?? setup.defaultName;
  if (server === undefined || username === undefined) {
    throw new SwapmeetError(
      'bad-argument',
      `${dataFolder} is new: give --join LINK and --name NAME at the first start`,
    );
  }
  // In another network, or under another name, it is another registration.
  const isSame = server.key === kept?.server.key && username === kept.username;
  return {
    server,
    username: checkUsername(username),
    password: settlePassword(isSame ? kept : undefined, setup),
    listen: setup.listen ?? kept?.listen ?? { host: ANY_HOST, port: PEER_PORT_DEFAULT },
    shares: [...(setup.shares ?? kept?.shares ?? [])],
    exclude: settlePatterns(kept?.exclude, setup.exclude),
    include: settlePatterns(kept?.include, setup.include),
    limits: kept?.limits ?? LIMITS_DEFAULT,
    friends: kept?.friends ?? [],
    downloadsFolder: setup.downloadsFolder ?? kept?.downloadsFolder ?? join(dataFolder, 'downloads'),
    ...(isSame ? { id: kept.id, resumeToken: kept.resumeToken } : {}),
  };
}

/** An empty pattern is none: given alone, it takes back all former ones. */
function settlePatterns(kept: readonly string[] = [], said = kept): string[] {
  return said.filter((pattern) => pattern !== '');
}

/** The password of the registration, if there is one; else the one that is given, else a made-up one. @throws SwapmeetError `bad-argument` */
function settlePassword(kept: PeerSettings | undefined, { password, dataFolder }: PeerSetup): string {
  if (kept?.id !== undefined && password !== undefined && password !== kept.password) {
    throw new SwapmeetError(
      'bad-argument',
      `${kept.username} is registered with another password, which ${dataFolder} keeps: give none (unset SWAPMEET_PASSWORD), ` +
        'or another --name to register anew',
    );
  }
  return password ?? kept?.password ?? randomBytes(PASSWORD_BYTES).toString('base64url');
}

/**
 * A peer with its local API, everything of it in one folder, which is locked. What is said is kept for the next start.
 *
 * @throws SwapmeetError `bad-argument`, `bad-name`, `not-found` for a share, `already-running`, `disk-error`, `unreachable`
 */
export async function composePeer(setup: PeerSetup): Promise<ComposedPeer> {
  try {
    return await openTogether(setup.log, (opened) => openPeer(setup, opened));
  } catch (error) {
    throw explainTakenPort(error, setup.listenOption ?? '--listen');
  }
}

async function openPeer(setup: PeerSetup, opened: Opened): Promise<Omit<ComposedPeer, 'close'>> {
  const { dataFolder, log } = setup;
  const lock = lockDataFolder(dataFolder);
  opened.add({
    close: () => {
      lock.release();
    },
  });
  const kept = await loadSettings(dataFolder);
  const settings = settle(kept, setup);
  await refuseMissing(setup.shares ?? [], kept?.shares ?? []);
  const peer = await startPeer({ dataFolder, settings, portMapping: setup.portMapping, log, now: Date.now });
  opened.add(peer);
  const api = await startApi(peer.control, dataFolder);
  opened.add(api);
  return peer;
}

async function startApi(control: PeerControl, dataFolder: string): Promise<ApiServer> {
  try {
    return await startApiServer({ control, dataFolder });
  } catch (error) {
    throw diskFailure(error, dataFolder);
  }
}
