import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import type { SwapmeetError } from '../../domain/errors.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Source } from '../../protocol/codecs/search.ts';
import type { Identity } from '../../transport/identity.ts';
import type { DownloadState } from '../control.ts';
import type { HeldParts } from '../parts/held-parts.ts';
import type { ShareIndex } from '../uploads/shared-file.ts';
import type { Throttle } from '../limits/throttle.ts';
import type { HashPool } from '../shares/hashing/hash-pool.ts';
import type { Connect } from '../reach/connector.ts';
import type { Wake } from '../wake.ts';
import type { Content } from './content.ts';
import type { DownloadThreads } from './download-threads.ts';
import type { Gate } from './gate.ts';
import type { Pace } from './pace.ts';
import type { PathClaims } from './path-claims.ts';
import type { Resting } from './resting.ts';
import type { SpeedMeter } from '../speed-meter.ts';
import type { QueuePlaces } from './sources/queue-places.ts';
import type { KeyedSource, SourceRoster } from './sources/source-roster.ts';
import type { Timing } from './sources/timing.ts';
import type { DownloadStore, StoredDownload } from './store/download-store.ts';
import type { FolderOrigin } from './store/folder-rows.ts';

/** What downloads need of the link to the server. */
export type DownloadLink = {
  /** The online sources of a content. @throws SwapmeetError `disconnected`, or the server's KO */
  sources(sha1: string, root: string | undefined): Promise<readonly Source[]>;
  /** The newest ticket, while logged in. */
  ticket(): string | undefined;
  /** Is told each time a session begins. Returns how to stop being told. */
  onOnline(listener: () => void): () => void;
};

/**
 * Gives a page of the files of a folder, by their whole paths; `limit` is how many at most.
 *
 * @throws SwapmeetError as the server answers, `disconnected`
 */
export type ListFiles = (origin: FolderOrigin, after: string | undefined, limit?: number) => Promise<Page<Entry>>;

/** What all downloads of a peer share. */
export type DownloadContext = {
  readonly link: DownloadLink;
  readonly list: ListFiles;
  readonly identity: Identity;
  readonly throttle: Throttle;
  /** Opens a connection to a source. */
  readonly connect: Connect;
  readonly hashPool: Pick<HashPool, 'hash' | 'verifyPieces'>;
  readonly store: DownloadStore;
  readonly threads: Omit<DownloadThreads, 'close'>;
  /** How many fetch at once. */
  readonly gate: Gate;
  /** The downloads that somebody reads now. */
  readonly readIds: () => readonly string[];
  readonly paths: PathClaims;
  /** What those have that wait for their turn. */
  readonly resting: Resting;
  /** For each content a file that has it and is shared itself. */
  readonly shared: ShareIndex['findAll'];
  /** What is served while it is downloaded. */
  readonly parts: Pick<HeldParts, 'add'>;
  readonly timing: Timing;
  /** Aborts when the peer stops: what takes its time changes nothing any more. Its reason is a SwapmeetError. */
  readonly closing: AbortSignal;
  readonly log: Logger;
  /** ms, by a clock that never jumps. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
};

/** Where a download stands, for who watches. */
export type Status = {
  readonly state: DownloadState;
  /** Who it comes from now. */
  readonly source?: string | undefined;
  /** How much is copied from a file of this machine. */
  readonly copiedBytes?: number | undefined;
  /** Why it waits or failed. */
  readonly error?: SwapmeetError | undefined;
};

/** What the steps of one download share. */
export type Job = {
  readonly context: DownloadContext;
  readonly stored: StoredDownload;
  readonly content: Content;
  readonly roster: SourceRoster;
  readonly speed: SpeedMeter;
  readonly pace: Pace;
  readonly places: QueuePlaces;
  /** Ends waiting: what was waited for may be there. */
  readonly wake: Wake;
  readonly tell: (status: Status) => void;
  /** A source sent wrong bytes: it is named, and left for good. */
  readonly exclude: (source: KeyedSource, error: SwapmeetError) => void;
};
