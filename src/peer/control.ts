import type { Rates } from '../domain/rates/rate.ts';
import type { Entry } from '../domain/entry.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { ContentPage, ContentRow, FindPage } from '../protocol/codecs/find.ts';
import type { FolderRow } from '../protocol/codecs/folder.ts';
import type { PeerRow, PresenceFilter } from '../protocol/codecs/listing.ts';
import type { NetworkTotals } from '../protocol/codecs/network.ts';
import type { Page, PageRequest } from '../protocol/codecs/page.ts';
import type { LimitSettings } from './limits/limit-settings.ts';
import type { Queued } from '../protocol/codecs/queued.ts';
import type { LinkStatus } from './link/link-status.ts';
import type { Finding } from './reach/findings.ts';
import type { Pace } from './shares/hashing/pace.ts';
import type { StreamAccess, StreamView } from './stream-view.ts';
import type { DamageView, VerifyReport, VerifyRequest } from './verify-view.ts';

export type { LinkStatus } from './link/link-status.ts';

export type PeerStatus = {
  readonly username: string;
  readonly server: string;
  readonly link: LinkStatus;
  /** HOST:PORT that the peer serves others on. */
  readonly listen: string;
  readonly sharedFiles: number;
  readonly sharedBytes: number;
  /** Of all shares. */
  readonly postponedFiles: number;
  /** Of all shares: files that are damaged, though nobody changed them. */
  readonly damagedFiles: number;
  readonly hashingPace: Pace;
  /** Whether the server has the list as it is on disk. */
  readonly published: boolean;
  readonly activeDownloads: number;
  readonly activeUploads: number;
};

export type ShareSummary = {
  readonly label: string;
  readonly folder: string;
  readonly files: number;
  readonly sizeBytes: number;
  /** Present while all of it is being looked through: so many files are known so far, hashed or not. */
  readonly looking?: { readonly filesFound: number } | undefined;
  /** Present while files wait to be hashed. The totals are those so far as long as `looking` is there. */
  readonly hashing?: {
    readonly filesDone: number;
    readonly filesTotal: number;
    readonly bytesDone: number;
    readonly bytesTotal: number;
  };
  /**
   * How many files were tried in vain and are not listed, since they are being written or can't be read; they are tried again
   * by themselves. Absent when there are none.
   */
  readonly postponedFiles?: number | undefined;
  /** How many files are damaged, and so not listed. Absent when there are none. */
  readonly damagedFiles?: number | undefined;
  /** The system can't tell of all changes in it: they are found by looking through it now and then. Else absent. */
  readonly unwatched?: boolean | undefined;
  /** Why the share can't be read at the moment. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
};

export const DOWNLOAD_STATES = [
  'checking',
  'copying',
  'waiting',
  'downloading',
  'finishing',
  'paused',
  'done',
  'failed',
] as const;
/**
 * `checking` rereads what is on disk already; `copying` takes it from a file of this machine; `waiting` has no source (or room
 * on the disk, or its turn) now and goes on by itself; `finishing` checks the SHA-1 of the whole; `paused` waits for a
 * person to resume it, and `failed` needs one.
 */
export type DownloadState = (typeof DOWNLOAD_STATES)[number];

/** What a list of downloads is cut down to; `active` are those that check, copy, fetch or finish now. */
export const DOWNLOAD_FILTERS = ['all', 'active', 'waiting', 'paused', 'failed', 'done'] as const;
export type DownloadFilter = (typeof DOWNLOAD_FILTERS)[number];

export type DownloadView = {
  readonly id: string;
  readonly name: string;
  /** Of a folder: how many files it has, and how many of them are there or failed. */
  readonly files?: { readonly total: number; readonly done: number; readonly failed: number } | undefined;
  /** Absent for a folder. */
  readonly sha1?: string | undefined;
  readonly root?: string | undefined;
  readonly sizeBytes: number;
  readonly verifiedBytes: number;
  readonly bytesPerSecond: number;
  readonly state: DownloadState;
  /** Where the file will be, or is: absolute. */
  readonly path: string;
  /** Username of the source it comes from now. */
  readonly source?: string | undefined;
  /** Where all sources make it wait for its turn: who will serve it first, its place there (1 is next), and seconds until then. */
  readonly queued?: (Queued & { readonly username: string }) | undefined;
  /** Sources that sent wrong bytes, by username. */
  readonly liars: readonly string[];
  /** Why it waits or failed. */
  readonly error?: { readonly code: ErrorCode; readonly message: string } | undefined;
};

/** A file of a folder that failed; the path is below the folder. */
export type FailureView = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly error: { readonly code: ErrorCode; readonly message: string };
};

export type DownloadRequest = {
  readonly what:
    | { readonly sha1: string; readonly root?: string | undefined }
    /** `peer` is a username or an id; `path` a filename as BROWSE_PEER lists it. */
    | { readonly peer: string; readonly path: string }
    /** A folder of a peer, with all that is below it. */
    | { readonly peer: string; readonly folder: string }
    /** All that a search finds now, each file below its share and folders. */
    | { readonly query: string };
  /** Absolute; the peer's downloads folder when absent. */
  readonly folder?: string | undefined;
};

/** Which downloads a change is about: all that is said must hold. */
export type DownloadSelection = {
  /** Ids, or what they begin with and no other does. */
  readonly ids?: readonly string[] | undefined;
  /** Absolute: what goes into this folder or into one below it. */
  readonly folder?: string | undefined;
  readonly state?: Exclude<DownloadFilter, 'all' | 'active' | 'waiting'> | undefined;
};

export type DownloadChange =
  /** `resume` takes what is paused; `retry` what failed, or waits: it begins now. `clear` forgets what is done or failed. */
  | { readonly action: 'pause' | 'resume' | 'retry' | 'clear' }
  /** Forgets what is not done, and removes its partial files unless told to keep them. */
  | { readonly action: 'cancel'; readonly keepParts?: boolean | undefined }
  /** In the queue, keeping their order. */
  | { readonly action: 'move'; readonly to: 'front' | 'back' | { readonly before: string } };

/**
 * A standing search: `get` has what it matches downloaded; `waiting` is how many matches nobody was shown yet; `more` says that others
 * were left out, which follow or are to be searched for.
 */
export type WatchView = {
  readonly id: string;
  readonly query: string;
  readonly get: boolean;
  readonly waiting: number;
  readonly more: boolean;
};

/** A content that a watch matched, and its place among what this watch matched since the peer began: what `shownMatches` takes. */
export type MatchedRow = ContentRow & { readonly position: number };

/** One peer and a file that it downloads from here now. */
export type UploadView = {
  readonly username: string;
  /** Of the file. */
  readonly name: string;
  readonly sha1: string;
  readonly root?: string | undefined;
  readonly sizeBytes: number;
  /** Since it began. */
  readonly sentBytes: number;
  readonly bytesPerSecond: number;
  readonly isFriend: boolean;
  /** Its place, while it waits for its turn. */
  readonly queued?: Queued | undefined;
};

/** What was chosen, and the rates that hold now by the schedule. */
export type LimitsView = LimitSettings & { readonly now: Rates };

/** All that a running peer does for its own person; the local API puts exactly this on HTTP. */
export type PeerControl = {
  status(): PeerStatus;
  shares(): readonly ShareSummary[];
  /** Pauses the hashing of shares, until it is resumed or the peer starts anew. */
  pauseHashing(isPaused: boolean): void;
  /**
   * Rereads shared files, and repairs what is damaged if that is wanted. The same again goes on where it was interrupted.
   *
   * @throws SwapmeetError `not-found` for what is not shared, at once
   */
  verify(request: VerifyRequest, signal: AbortSignal): AsyncIterable<VerifyReport>;
  /** A page of what is known to be damaged, in order of path. */
  damages(page: PageRequest): Page<DamageView>;
  /**
   * @param signal takes the query back
   * @throws SwapmeetError as the server answers, or `disconnected`
   */
  search(query: string, page: FindPage, signal?: AbortSignal): Promise<ContentPage>;
  /** The whole network in figures. */
  network(): Promise<NetworkTotals>;
  /** With when each was last heard of. */
  peers(filter: PresenceFilter, page: PageRequest): Promise<Page<PeerRow>>;
  /** `peer` is a username or an id. @throws SwapmeetError `not-found` */
  browse(peer: string, path: string | undefined, page: PageRequest): Promise<Page<Entry>>;
  /** What lies in one folder. `peer` is a username or an id; without a path, it is the top. @throws SwapmeetError `not-found` */
  folder(peer: string, path: string | undefined, page: PageRequest): Promise<Page<FolderRow>>;
  /**
   * Starts a download, or joins the one of the same content in the same folder. It goes on when nobody watches, and after
   * a restart.
   */
  startDownload(request: DownloadRequest): Promise<DownloadView>;
  /** A page of the queue, in its order. */
  downloads(request: PageRequest & { readonly filter?: DownloadFilter | undefined }): Page<DownloadView>;
  /** One, by its id or what only its id begins with. @throws SwapmeetError `not-found`; `bad-argument` where several do */
  download(id: string): DownloadView;
  /** Files of a folder that failed. @throws SwapmeetError `not-found`, `bad-argument` where it is no folder */
  failures(id: string, page: PageRequest): Page<FailureView>;
  /**
   * Changes those of the selection that it applies to, and returns how many these are.
   *
   * @throws SwapmeetError `not-found`, `bad-argument` for ids that don't name one download
   */
  changeDownloads(selection: DownloadSelection, change: DownloadChange): Promise<number>;
  /** Makes a download readable from now on, and the next in the queue. @throws SwapmeetError `not-found`, `bad-argument` */
  giveStream(id: string): Promise<StreamAccess>;
  /** @throws SwapmeetError `not-found` */
  openStream(token: string): StreamView;
  uploads(): readonly UploadView[];
  limits(): LimitsView;
  /** Holds at once, and after a restart. @throws SwapmeetError `bad-argument`, `disk-full`, `disk-error` */
  changeLimits(changes: Partial<LimitSettings>): Promise<LimitsView>;
  /** Usernames of those who get a larger share. */
  friends(): readonly string[];
  /** All of them, or none. @throws SwapmeetError `bad-name`, `bad-argument`, `disk-full`, `disk-error` */
  setFriends(usernames: readonly string[], isFriend: boolean): Promise<readonly string[]>;
  /** The states of one download as they change (at most some a second) until it is done or failed. @throws `not-found` */
  watchDownload(id: string, signal: AbortSignal): AsyncIterable<DownloadView>;
  watches(): readonly WatchView[];
  /** The same query again is the same watch. @throws SwapmeetError `bad-query`, `too-many-watches` */
  /** `get` is raised, never lowered: who only looks turns no downloading off. */
  addWatch(query: string, get: boolean): Promise<WatchView>;
  /** @throws SwapmeetError `not-found` */
  removeWatch(id: string): Promise<void>;
  /**
   * The contents that appear and match, from those on that nobody was shown yet.
   *
   * @throws SwapmeetError `not-found`, also once the watch is removed
   */
  watchMatches(id: string, signal: AbortSignal): AsyncIterable<MatchedRow>;
  /**
   * Finds out who reaches whom, and how: of this peer, then of one other or of all that are online.
   *
   * @param peer a username or an id
   * @throws SwapmeetError `not-found`, `disconnected`
   */
  doctor(peer: string | undefined, signal: AbortSignal): AsyncIterable<Finding>;
  /** A person was shown the matches up to a position: they wait no more. @throws SwapmeetError `not-found` */
  shownMatches(id: string, position: number): Promise<void>;
};
