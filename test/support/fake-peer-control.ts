import { setTimeout as delay } from 'node:timers/promises';
import type { Entry } from '../../src/domain/entry.ts';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { checkUsername } from '../../src/domain/username.ts';
import type {
  DownloadChange,
  DownloadRequest,
  DownloadSelection,
  DownloadView,
  FailureView,
  PeerControl,
  PeerStatus,
  ShareSummary,
  UploadView,
  WatchView,
} from '../../src/peer/control.ts';
import type { DamageView, VerifyReport } from '../../src/peer/verify-view.ts';
import { LIMITS_DEFAULT, type LimitSettings } from '../../src/peer/limits/limit-settings.ts';
import type { Finding } from '../../src/peer/reach/findings.ts';
import type { ContentRow, FindPage } from '../../src/protocol/codecs/find.ts';
import type { FolderRow } from '../../src/protocol/codecs/folder.ts';
import type { PeerRow } from '../../src/protocol/codecs/listing.ts';
import type { Page, PageRequest } from '../../src/protocol/codecs/page.ts';
import type { NetworkTotals } from '../../src/protocol/codecs/network.ts';

export const SHA1 = 'ab'.repeat(20);
export const ROOT = 'cd'.repeat(32);

/** A peer's control over lists in memory: what a test puts into it comes out of the API. */
export type FakePeerControl = PeerControl & {
  status_: PeerStatus;
  shares_: ShareSummary[];
  damages_: DamageView[];
  /** What can be read, by token. */
  readonly streams: Map<string, { readonly name: string; readonly bytes: Buffer }>;
  /** What a verification finds. */
  reports: VerifyReport[];
  contents: ContentRow[];
  /** How the last search was asked for. */
  asked: FindPage;
  network_: NetworkTotals;
  /** What lies in each folder, by `peer/path`. */
  folders: Map<string, FolderRow[]>;
  peers_: PeerRow[];
  entries: Map<string, Entry[]>;
  /** The states that a download goes through when it is watched. */
  states: DownloadView[];
  /** Thrown by the next search. */
  fault: Error | undefined;
  readonly requests: DownloadRequest[];
  readonly downloads_: DownloadView[];
  /** What was changed, and how. */
  readonly changes: { readonly selection: DownloadSelection; readonly change: DownloadChange }[];
  /** Files that failed, by the id of their folder. */
  readonly failures_: Map<string, FailureView[]>;
  uploads_: UploadView[];
  limits_: LimitSettings;
  friends_: string[];
  /** How many watchers there are now. */
  watchers: number;
  watches_: WatchView[];
  /** What each watch matches. */
  matches_: ContentRow[];
  findings_: readonly Finding[];
  /** The positions up to which matches were shown. */
  readonly shown: number[];
};

const PAGE_ROWS = 1_000;

function pageOf<Row>(rows: readonly Row[], { after, limit = PAGE_ROWS }: PageRequest): Page<Row> {
  const start = after === undefined ? 0 : Number(after);
  const end = start + limit;
  return { rows: rows.slice(start, end), ...(end < rows.length ? { next: String(end) } : {}) };
}

export function contentRow({ path = 'music/song.flac', ...changes }: Partial<ContentRow> = {}): ContentRow {
  return {
    path,
    sizeBytes: 1_234_567,
    sha1: SHA1,
    root: ROOT,
    sourceCount: 1,
    holderCount: 1,
    holders: [{ id: 'id-1', username: 'alice', path, presence: 'online' }],
    ...changes,
  };
}

export function downloadView(changes: Partial<DownloadView> = {}): DownloadView {
  return {
    id: 'd1',
    name: 'song.flac',
    sha1: SHA1,
    sizeBytes: 1_000,
    verifiedBytes: 0,
    bytesPerSecond: 0,
    state: 'waiting',
    path: '/downloads/song.flac',
    liars: [],
    ...changes,
  };
}

const STATUS: PeerStatus = {
  username: 'bob',
  server: '127.0.0.1:7474',
  link: { state: 'online', id: 'id-bob', address: '127.0.0.1:7475' },
  listen: '0.0.0.0:7475',
  sharedFiles: 2,
  sharedBytes: 3_000,
  postponedFiles: 0,
  damagedFiles: 0,
  hashingPace: 'full',
  published: true,
  activeDownloads: 0,
  activeUploads: 0,
};

export function createFakePeerControl(): FakePeerControl {
  const fake: FakePeerControl = {
    status_: STATUS,
    shares_: [],
    damages_: [],
    streams: new Map(),
    reports: [],
    contents: [],
    asked: {},
    network_: { peersOnline: 2, peers: 3, entries: 10, sizeBytes: 4_000, contents: 7, contentsAtRisk: 5 },
    folders: new Map(),
    peers_: [],
    entries: new Map(),
    states: [],
    fault: undefined,
    requests: [],
    downloads_: [],
    changes: [],
    failures_: new Map(),
    watchers: 0,
    uploads_: [],
    limits_: LIMITS_DEFAULT,
    friends_: [],
    watches_: [],
    matches_: [],
    findings_: [],
    shown: [],
    watches: () => fake.watches_,
    addWatch: async (query, get) => {
      await delay(0);
      const watch = { id: `w${fake.watches_.length + 1}`, query, get, waiting: 0, more: false };
      fake.watches_.push(watch);
      return watch;
    },
    removeWatch: async (id) => {
      await delay(0);
      if (!fake.watches_.some((watch) => watch.id === id))
        throw new SwapmeetError('not-found', `there is no watch ${id}`);
      fake.watches_ = fake.watches_.filter((watch) => watch.id !== id);
    },
    watchMatches: async function* (_id, signal) {
      await delay(0);
      for (const [at, row] of fake.matches_.entries()) if (!signal.aborted) yield { ...row, position: at + 1 };
    },
    doctor: async function* (peer) {
      await delay(0);
      if (peer === 'nobody') throw new SwapmeetError('not-found', 'there is no peer nobody');
      yield* fake.findings_;
    },
    shownMatches: async (_id, position) => {
      await delay(0);
      fake.shown.push(position);
    },
    status: () => fake.status_,
    shares: () => fake.shares_,
    pauseHashing: (isPaused) => {
      fake.status_ = { ...fake.status_, hashingPace: isPaused ? 'paused' : 'full' };
    },
    async *verify() {
      await delay(0);
      yield* fake.reports;
    },
    damages: (page) => pageOf(fake.damages_, page),
    search: async (_query, page) => {
      await delay(0);
      if (fake.fault) throw fake.fault;
      fake.asked = page;
      const types = [{ value: 'audio', count: 2 }];
      const facets = page.facets ? { facets: { types, extensions: [] } } : {};
      return { ...pageOf(fake.contents, page), total: fake.contents.length, bounded: false, ...facets };
    },
    network: () => Promise.resolve(fake.network_),
    folder: async (peer, path, page) => {
      await delay(0);
      const rows = fake.folders.get(path === undefined ? peer : `${peer}/${path}`);
      if (!rows && !fake.entries.has(peer)) throw new SwapmeetError('not-found', `there is no peer ${peer}`);
      return pageOf(rows ?? [], page);
    },
    peers: async (filter, page) => {
      await delay(0);
      return pageOf(
        fake.peers_.filter(({ presence }) => filter === 'all' || presence === filter),
        page,
      );
    },
    browse: async (peer, path, page) => {
      await delay(0);
      const entries = fake.entries.get(peer);
      if (!entries) throw new SwapmeetError('not-found', `there is no peer ${peer}`);
      return pageOf(
        entries.filter((entry) => path === undefined || entry.path.startsWith(`${path}/`)),
        page,
      );
    },
    startDownload: async (request) => {
      await delay(0);
      fake.requests.push(request);
      const [first = downloadView()] = fake.states;
      fake.downloads_.push(first);
      return first;
    },
    downloads: ({ filter = 'all', ...page }) =>
      pageOf(
        fake.downloads_.filter(
          ({ state }) => filter === 'all' || (filter === 'active' ? 'downloading' : filter) === state,
        ),
        page,
      ),
    download: (id) => {
      const found = fake.downloads_.find((download) => download.id === id);
      if (!found) throw new SwapmeetError('not-found', `there is no download ${id}`);
      return found;
    },
    failures: (id, page) => pageOf(fake.failures_.get(fake.download(id).id) ?? [], page),
    changeDownloads: async (selection, change) => {
      await delay(0);
      fake.changes.push({ selection, change });
      return fake.downloads_.length;
    },
    giveStream: (id) => Promise.resolve({ token: `token-${id}`, name: fake.download(id).name }),
    openStream: (token) => {
      if (!fake.streams.has(token)) throw new SwapmeetError('not-found', 'no such stream');
      const { name, bytes } = fake.streams.get(token) ?? { name: '', bytes: Buffer.alloc(0) };
      return {
        name,
        sizeBytes: bytes.length,
        etag: ROOT,
        read: async function* ({ offset, length }) {
          await delay(0);
          yield bytes.subarray(offset, offset + length);
        },
      };
    },
    uploads: () => fake.uploads_,
    limits: () => ({ ...fake.limits_, now: fake.limits_ }),
    changeLimits: async (changes) => {
      await delay(0);
      fake.limits_ = { ...fake.limits_, ...changes };
      return fake.limits();
    },
    friends: () => fake.friends_,
    setFriends: async (usernames, isFriend) => {
      await delay(0);
      const others = fake.friends_.filter((name) => !usernames.includes(name));
      fake.friends_ = isFriend ? [...others, ...usernames.map(checkUsername)] : others;
      return fake.friends_;
    },
    async *watchDownload(_id, signal) {
      fake.watchers += 1;
      try {
        yield* fake.states;
        const last = fake.states.at(-1)?.state;
        if (last !== 'done' && last !== 'failed') await delay(600_000, undefined, { signal });
      } finally {
        fake.watchers -= 1;
      }
    },
  };
  return fake;
}
