import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { SwapmeetError } from '../domain/errors.ts';
import { formatHostPort } from '../protocol/host-port.ts';
import { IDENTITY_FILE } from '../storage/data-folder.ts';
import { loadOrCreateIdentity } from '../transport/identity.ts';
import { listen } from '../transport/listener.ts';
import type { PeerControl } from './control.ts';
import { createDirectory } from './directory.ts';
import { createDownloadThreads } from './downloads/download-threads.ts';
import { openDownloads } from './downloads/downloads.ts';
import { startPartsPublisher } from './link/parts-publisher.ts';
import { openHeal } from './heal/heal.ts';
import { startPublisher } from './link/publisher.ts';
import { createFriends } from './limits/friends.ts';
import { openLimits } from './limits/limits.ts';
import { createThrottle } from './limits/throttle.ts';
import { createServerLink } from './link/server-link.ts';
import { openTogether, type Opened } from './opened.ts';
import { createPeerControl } from './peer-control.ts';
import { createHeldParts } from './parts/held-parts.ts';
import { createDoctor } from './reach/doctor.ts';
import { createExpectedAnswers } from './reach/expected-answers.ts';
import { lanAddresses } from './reach/lan-addresses.ts';
import { mayBeBehindRouter, openPortMapping } from './reach/mapping/open-port-mapping.ts';
import { openReach } from './reach/reach.ts';
import { readyNotes } from './ready-notes.ts';
import { createSettingsKeeper, type PeerSettings } from './settings.ts';
import { createHashPool } from './shares/hashing/hash-pool.ts';
import { createPaceKeeper } from './shares/pace-keeper.ts';
import { openShareIndex } from './shares/share-index.ts';
import { createUploads } from './uploads/uploads.ts';
import { openWatches } from './watches/watches.ts';

export type PeerOptions = {
  /** Locked by the caller; everything that the peer keeps is in it. */
  readonly dataFolder: string;
  /** Kept for the next start once they are found to work. */
  readonly settings: PeerSettings;
  /** Whether a router is asked to let others in. */
  readonly portMapping?: boolean;
  readonly log: Logger;
  /** Unix ms. */
  readonly now: () => number;
};

export type RunningPeer = {
  readonly control: PeerControl;
  /** Resolves once everything that is shared is hashed and published. */
  readonly ready: Promise<void>;
  /** Resolves when the peer was closed; rejects when the server refuses it for good. */
  readonly finished: Promise<void>;
  /** Logs out, lets go of everything. What is under way goes on at the next start. */
  close(): Promise<void>;
};

/** Few download from one peer at a time, and a peer has few file descriptors to spare. */
const CONNECTIONS_MAX = 1_000;

/**
 * Runs a peer: shares, link to the server, uploads and downloads. Where it can't, nothing of it goes on.
 *
 * @throws SwapmeetError where a folder, the listening address or the data can't be used
 */
export function startPeer(options: PeerOptions): Promise<RunningPeer> {
  return openTogether(options.log, (opened) => openParts(options, opened));
}

/** Starts the parts; as soon as one runs, `opened` knows how to stop it. */
async function openParts(
  { dataFolder, settings, portMapping = true, log, now }: PeerOptions,
  opened: Opened,
): Promise<Omit<RunningPeer, 'close'>> {
  const stop = new AbortController();
  const identity = await loadOrCreateIdentity(join(dataFolder, IDENTITY_FILE));
  // Two pools, so that a resumed download does not wait behind the hashing of a share.
  const pools = { shares: createHashPool(), downloads: createHashPool() };
  opened.add(pools.shares);
  opened.add(pools.downloads);
  const threads = createDownloadThreads();
  opened.add(threads);
  const index = await openShareIndex({
    database: join(dataFolder, 'shares.db'),
    shares: settings.shares,
    patterns: { exclude: settings.exclude, include: settings.include },
    hashPool: pools.shares,
    log,
    signal: stop.signal,
  });
  opened.add(index);
  const keeper = createSettingsKeeper(dataFolder, settings, log);
  const limits = openLimits({
    settings: () => keeper.settings().limits,
    keep: (changed) => keeper.change({ limits: changed }),
    now,
    steadyNow,
  });
  opened.add(limits);
  const friends = createFriends({
    names: () => keeper.settings().friends,
    keep: (changed) => keeper.change({ friends: changed }),
  });
  const answers = createExpectedAnswers();
  const parts = createHeldParts();
  opened.add(parts);
  const uploads = createUploads({
    index,
    parts,
    takeAnswer: answers.take,
    serverCertificate: () => link.serverCertificate(),
    slots: () => keeper.settings().limits.slots,
    limit: limits.up,
    friends,
    log,
    now: () => link.serverNow(),
    steadyNow,
  });
  opened.add({ close: uploads.end });
  const listener = await listen({
    ...settings.listen,
    identity,
    onChannel: uploads.accept,
    connectionsMax: CONNECTIONS_MAX,
  });
  opened.add(listener);
  // Not before all that a person chose is found to work: a start that is refused changes nothing.
  await keeper.save();
  const mapping = openPortMapping({
    isWanted: portMapping && mayBeBehindRouter(networkInterfaces(), listener.address, settings.server.host),
    port: listener.port,
    secret: identity.pem,
    log,
    onChange: () => {
      link.moved();
    },
  });
  opened.add(mapping);
  const link = createServerLink({
    server: settings.server,
    identity,
    whereabouts: () => ({
      port: mapping.externalPort() ?? listener.port,
      lan: lanAddresses(networkInterfaces(), listener),
    }),
    account: keeper.account,
    keep: keeper.keep,
    log,
    now,
    steadyNow,
  });
  opened.add(link);
  const reach = openReach({
    identity,
    server: settings.server,
    link,
    answers,
    accept: uploads.accept,
    log,
    now: () => performance.now(),
  });
  opened.add(reach);
  const directory = createDirectory(link);
  const publisher = startPublisher({ link, list: index, log, signal: stop.signal });
  opened.add({
    close: () => {
      stop.abort(new SwapmeetError('shutting-down', 'this peer stops'));
      return publisher.finished;
    },
  });
  opened.add(startPartsPublisher({ link, parts, log }));
  const downloads = openDownloads({
    database: join(dataFolder, 'downloads.db'),
    defaultFolder: settings.downloadsFolder,
    link: { ...link, sources: async (sha1, root) => (await link.call('SOURCES', { sha1, root, reach: 'any' })).rows },
    list: directory.listFiles,
    identity,
    throttle: createThrottle(limits.down),
    connect: reach.connect,
    hashPool: pools.downloads,
    threads,
    shared: (contents) => index.findAll(contents),
    parts,
    log,
    now: () => performance.now(),
  });
  opened.add(downloads);
  const heal = await openHeal({ index, pool: pools.shares, mend: downloads.mend, log });
  const watches = await openWatches({
    file: join(dataFolder, 'watches.json'),
    link,
    startDownload: (entry) => downloads.start(entry),
    log,
  });
  opened.add(watches);
  const pace = createPaceKeeper({ setPace: pools.shares.setPace, isDownloading: () => downloads.active() > 0 });
  opened.add(pace);
  // What waits for an answer of the server ends with the link: so that is closed first. Closing it again does nothing.
  opened.add(link);
  const doctor = createDoctor({
    username: settings.username,
    server: formatHostPort(settings.server),
    listener,
    link,
    directory,
    mapping,
    reach,
    now,
  });
  const control = createPeerControl({
    settings,
    listener,
    index,
    pace,
    link,
    directory,
    publisher,
    downloads,
    watches,
    doctor,
    uploads,
    limits,
    friends,
    heal,
  });
  const ready = index
    .scan()
    .then(() => publisher.reached(index.revision(), stop.signal))
    .then(() => {
      for (const note of readyNotes(control.status(), control.shares(), { portMapping: mapping.status() }))
        log.warn(note);
    });
  // Whoever is interested awaits it; nobody has to.
  ready.catch(() => undefined);
  return { control, ready, finished: link.finished };
}

function steadyNow(): number {
  return performance.now();
}
