import { join } from 'node:path';
import type { Logger } from 'pino';
import { SwapmeetError } from '../domain/errors.ts';
import { createByteBudget } from '../transport/byte-budget.ts';
import { loadOrCreateIdentity } from '../transport/identity.ts';
import { listen } from '../transport/listener.ts';
import type { PeerControl } from './control.ts';
import { createDirectory } from './directory.ts';
import { openDownloads } from './downloads/downloads.ts';
import { startPublisher } from './link/publisher.ts';
import { createServerLink } from './link/server-link.ts';
import { createPeerControl } from './peer-control.ts';
import { createAccountKeeper, type PeerSettings } from './settings.ts';
import { createHashPool } from './shares/hashing/hash-pool.ts';
import { openShareIndex } from './shares/share-index.ts';
import { serveUploads } from './uploads/serve-uploads.ts';
import { createUploadService } from './uploads/upload-service.ts';
import { createUploadSlots } from './uploads/upload-slots.ts';

export type PeerOptions = {
  /** Locked by the caller; everything that the peer keeps is in it. */
  readonly dataFolder: string;
  readonly settings: PeerSettings;
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

/** What all requests under way of other peers may hold together: they are small. */
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Runs a peer: shares, link to the server, uploads and downloads.
 *
 * @throws SwapmeetError where a folder, the listening address or the data can't be used
 */
export async function startPeer({ dataFolder, settings, log, now }: PeerOptions): Promise<RunningPeer> {
  const stop = new AbortController();
  const identity = await loadOrCreateIdentity(join(dataFolder, 'identity.pem'));
  // Two pools, so that a resumed download does not wait behind the hashing of a share.
  const pools = { shares: createHashPool(), downloads: createHashPool() };
  const index = await openShareIndex({
    database: join(dataFolder, 'shares.db'),
    shares: settings.shares,
    hashPool: pools.shares,
    log,
    signal: stop.signal,
  });
  const keeper = createAccountKeeper(dataFolder, settings);
  const slots = createUploadSlots();
  const budget = createByteBudget(REQUEST_BYTES_MAX);
  const uploads = createUploadService((channel) =>
    serveUploads({ index, serverCertificate: () => link.serverCertificate(), slots, now }, channel, {
      budget,
      onFault: (error) => {
        log.error({ err: error }, 'an upload failed');
      },
    }),
  );
  const listener = await listen({ ...settings.listen, identity, onChannel: uploads.accept });
  const link = createServerLink({
    server: settings.server,
    identity,
    listenPort: () => listener.port,
    account: keeper.account,
    keep: keeper.keep,
    log,
    now,
  });
  const directory = createDirectory(link);
  const publisher = startPublisher({ link, list: index, log, signal: stop.signal });
  const downloads = openDownloads({
    database: join(dataFolder, 'downloads.db'),
    defaultFolder: settings.downloadsFolder,
    link: { ...link, sources: async (sha1, root) => (await link.call('SOURCES', { sha1, root })).rows },
    identity,
    hashPool: pools.downloads,
    log,
    now,
  });
  const scanned = index.scan();

  return {
    control: createPeerControl({ settings, listener, index, link, directory, publisher, downloads, slots }),
    ready: scanned.then(() => publisher.reached(index.revision(), stop.signal)),
    finished: link.finished,
    close: async () => {
      await link.close();
      stop.abort(new SwapmeetError('shutting-down', 'this peer stops'));
      await listener.close();
      await Promise.all([uploads.end(), downloads.close(), publisher.finished]);
      await index.close();
      await Promise.all([pools.shares.close(), pools.downloads.close()]);
    },
  };
}
