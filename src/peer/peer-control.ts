import { formatHostPort } from '../protocol/host-port.ts';
import type { Listener } from '../transport/listener.ts';
import type { PeerControl } from './control.ts';
import type { Directory } from './directory.ts';
import { createDownloadStarter } from './download-starter.ts';
import type { Downloads } from './downloads/downloads.ts';
import type { Publisher } from './link/publisher.ts';
import type { ServerLink } from './link/server-link.ts';
import type { PeerSettings } from './settings.ts';
import type { PaceKeeper } from './shares/pace-keeper.ts';
import type { Doctor } from './reach/doctor.ts';
import type { ShareIndex } from './shares/share-index.ts';
import type { Heal } from './heal/heal.ts';
import type { Friends } from './limits/friends.ts';
import type { Limits } from './limits/limits.ts';
import { createStreams } from './streams.ts';
import type { Uploads } from './uploads/uploads.ts';
import type { Watches } from './watches/watches.ts';

/** The parts of a running peer, as its control needs them. */
type Parts = {
  readonly settings: PeerSettings;
  readonly listener: Listener;
  readonly index: ShareIndex;
  readonly pace: PaceKeeper;
  readonly link: ServerLink;
  readonly directory: Directory;
  readonly publisher: Publisher;
  readonly downloads: Downloads;
  readonly watches: Watches;
  readonly doctor: Doctor;
  readonly uploads: Uploads;
  readonly limits: Limits;
  readonly friends: Friends;
  readonly heal: Heal;
};

/** Puts the parts behind the one face that they have for the person. */
export function createPeerControl(parts: Parts): PeerControl {
  const { settings, listener, index, pace, link, directory, publisher, downloads, watches, doctor, uploads } = parts;
  const { limits, friends, heal } = parts;
  const streams = createStreams(downloads);
  return {
    status: () => {
      const shares = index.summaries();
      return {
        username: settings.username,
        server: formatHostPort(settings.server),
        link: link.status(),
        listen: formatHostPort({ host: listener.address, port: listener.port }),
        sharedFiles: shares.reduce((sum, { files }) => sum + files, 0),
        sharedBytes: shares.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        postponedFiles: shares.reduce((sum, { postponedFiles = 0 }) => sum + postponedFiles, 0),
        damagedFiles: shares.reduce((sum, { damagedFiles = 0 }) => sum + damagedFiles, 0),
        hashingPace: pace.pace(),
        published: publisher.published(),
        activeDownloads: downloads.active(),
        activeUploads: uploads.active(),
      };
    },
    shares: () => index.summaries(),
    pauseHashing: pace.setPaused,
    verify: heal.verify,
    damages: index.damages,
    search: (query, page, signal) => link.call('FIND', { query, reach: 'any', ...page }, { signal }),
    network: () => link.call('NETWORK', undefined),
    peers: (filter, page) => link.call('SHOW_PEERS', { filter, details: true, ...page }),
    browse: async (peer, path, page) => {
      const id = await directory.findPeer(peer);
      return link.call('BROWSE_PEER', { id, path, ...page });
    },
    folder: async (peer, path, page) => {
      const id = await directory.findPeer(peer);
      return link.call('FOLDER', { id, path, ...page });
    },
    startDownload: createDownloadStarter(directory, downloads),
    downloads: downloads.list,
    download: downloads.view,
    failures: downloads.failures,
    changeDownloads: downloads.change,
    watchDownload: downloads.watch,
    giveStream: streams.give,
    openStream: streams.open,
    uploads: uploads.list,
    limits: limits.view,
    changeLimits: async (changes) => {
      const view = await limits.change(changes);
      uploads.slotsChanged();
      return view;
    },
    friends: friends.list,
    setFriends: friends.set,
    watches: watches.list,
    addWatch: watches.add,
    removeWatch: watches.remove,
    watchMatches: watches.matches,
    shownMatches: watches.shown,
    doctor,
  };
}
