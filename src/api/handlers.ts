import { SwapmeetError } from '../domain/errors.ts';
import type { PeerControl, WatchView } from '../peer/control.ts';
import { streamPath } from './streams/stream-path.ts';
import type { GivenOf, TakenOf } from './contract.ts';
import type { CallName, StreamName } from './endpoints.ts';

type Handlers = {
  readonly [Name in CallName]: (
    control: PeerControl,
    input: TakenOf<Name>,
    signal: AbortSignal,
  ) => GivenOf<Name> | Promise<GivenOf<Name>>;
};
type StreamHandlers = {
  readonly [Name in StreamName]: (
    control: PeerControl,
    input: TakenOf<Name>,
    signal: AbortSignal,
  ) => AsyncIterable<GivenOf<Name>>;
};

function findWatch(control: PeerControl, id: string): WatchView {
  const found = control.watches().find((watch) => watch.id === id);
  if (!found) throw new SwapmeetError('not-found', 'there is no watch with this id');
  return found;
}

/** What each endpoint does with the peer; they throw SwapmeetError. The signal aborts when the caller has gone. */
export const HANDLERS: Handlers = {
  status: (control) => control.status(),
  shares: (control) => ({ rows: control.shares() }),
  pauseHashing: (control, { paused }) => {
    control.pauseHashing(paused);
    return control.status();
  },
  damages: (control, page) => control.damages(page),
  search: (control, { query, facets, ...page }, signal) =>
    control.search(query, { ...page, facets: facets === 'yes' }, signal),
  network: (control) => control.network(),
  peers: (control, { presence, ...page }) => control.peers(presence, page),
  browse: (control, { peer, path, ...page }) => control.browse(peer, path, page),
  folder: (control, { peer, path, ...page }) => control.folder(peer, path, page),
  downloads: (control, request) => control.downloads(request),
  startDownload: (control, request) => control.startDownload(request),
  download: (control, { id }) => control.download(id),
  failures: (control, { id, ...page }) => control.failures(id, page),
  changeDownloads: async (control, { selection, change }) => ({
    count: await control.changeDownloads(selection, change),
  }),
  giveStream: async (control, { id }) => ({ path: streamPath(await control.giveStream(id)) }),
  uploads: (control) => ({ rows: control.uploads() }),
  limits: (control) => control.limits(),
  changeLimits: (control, changes) => control.changeLimits(changes),
  friends: (control) => ({ rows: control.friends() }),
  setFriends: async (control, { usernames, friend }) => ({ rows: await control.setFriends(usernames, friend) }),
  watches: (control) => ({ rows: control.watches() }),
  addWatch: (control, { query, get }) => control.addWatch(query, get),
  removeWatch: async (control, { id }) => {
    await control.removeWatch(id);
    return { rows: control.watches() };
  },
  shownMatches: async (control, { id, position }) => {
    await control.shownMatches(id, position);
    return findWatch(control, id);
  },
};

/** The same for streams. What they throw at once becomes the reply's status; what they throw later, its last line. */
export const STREAM_HANDLERS: StreamHandlers = {
  watchDownload: (control, { id }, signal) => control.watchDownload(control.download(id).id, signal),
  verify: (control, request, signal) => control.verify(request, signal),
  watchMatches: (control, { id }, signal) => control.watchMatches(id, signal),
  doctor: (control, { peer }, signal) => control.doctor(peer, signal),
};
