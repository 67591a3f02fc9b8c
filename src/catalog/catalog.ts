import type { Entry } from '../domain/entry.ts';
import type { ContentPage, FindPage } from '../protocol/codecs/find.ts';
import type { FolderRow } from '../protocol/codecs/folder.ts';
import type { PeerRow, PresenceFilter } from '../protocol/codecs/listing.ts';
import type { NetworkTotals } from '../protocol/codecs/network.ts';
import type { Page, PageRequest } from '../protocol/codecs/page.ts';
import type { ListState } from '../protocol/codecs/publish.ts';
import type { Reach, SearchHit, Source } from '../protocol/codecs/search.ts';

export type { ListState } from '../protocol/codecs/publish.ts';

/** A password as it is kept: scrypt's parameters, salt and key in one text (PHC string format). */
export type PasswordHash = string;

/** Who registered under a name. */
export type Registration = { readonly id: string; readonly username: string; readonly passwordHash: PasswordHash };

/** Whose list has which revision. */
export type ListInEffect = { readonly id: string; readonly username: string; readonly revision: string };

/** Where a session can be dialled, and by which key. */
export type SessionAddress = { readonly address: string; readonly port: number; readonly key?: string | undefined };

export type NewRegistration = Registration & {
  /** UTF-8 file lines [PROTOCOL §4]; refused whole when one does not parse. */
  readonly fileList: Uint8Array;
  /** The id that this registration replaces; it and its entries go in the same transaction. */
  readonly replacesId?: string | undefined;
};

export type Session = {
  readonly id: string;
  /** SHA-256 (hex) of the resume token; the token itself is not kept. */
  readonly resumeTokenHash: string;
  /** The key of the connection that logged in. */
  readonly key?: string | undefined;
};

/**
 * The store of accounts, presence and entries. Every method that changes something resolves once it is durable: on disk,
 * surviving kill -9 and power loss. All rules of text, matching and ranking come from `domain/`, so that every
 * implementation answers alike; one suite (`test/catalog/`) holds them to it.
 *
 * Times are Unix milliseconds and are passed in; a store reads no clock. Ids that do not exist are `unknown-id`.
 */
export type Catalog = {
  /** The registration of a name, or undefined. */
  findByUsername(username: string): Promise<Registration | undefined>;
  /** The registration of an id, or undefined. */
  findById(id: string): Promise<Registration | undefined>;

  /**
   * Stores a registration and its whole list in one transaction. Returns the list's revision.
   *
   * @throws SwapmeetError `name-taken` when the name, or one that folds to the same, belongs to an id other than
   *   `replacesId`; `bad-line`
   */
  register(registration: NewRegistration, nowMs: number): Promise<string>;
  /**
   * Replaces an id's whole list atomically. Like `register`, it drops a list that is being sent in parts. Returns the revision.
   *
   * @throws SwapmeetError `unknown-id`; `bad-line` with its number, also where two lines have the same filename
   */
  replaceEntries(id: string, fileList: Uint8Array): Promise<string>;

  /**
   * The revision of the list in effect: new after each `register`, `replaceEntries`, `commitList` and `applyDelta`, and none
   * that any list ever had. `upload` is what is being sent in parts, if anything is. @throws SwapmeetError `unknown-id`
   */
  listState(id: string): Promise<ListState>;
  /** The revisions of all lists. */
  listsInEffect(): Promise<readonly ListInEffect[]>;
  /**
   * Keeps a part of a list under the client's token, beside the list in effect. Part 1 of another token drops what was kept
   * before. A part that is there already is left as it is.
   *
   * @param part counts from 1
   * @throws SwapmeetError `unknown-id`; `wrong-part` when it is not the next one; `bad-line`, and the part is not kept
   */
  stagePart(id: string, token: string, part: number, fileList: Uint8Array): Promise<void>;
  /**
   * Makes the parts the whole list, atomically; of lines with the same filename the last one counts. Returns the revision.
   *
   * @throws SwapmeetError `unknown-id`; `unknown-list` for a token under which nothing is kept; `wrong-part` when there are
   *   not exactly so many parts
   */
  commitList(id: string, token: string, parts: number): Promise<string>;
  /**
   * Makes changes to the list in effect, one after the other and all or none. Returns the new revision. A list that is being
   * sent in parts stays.
   *
   * @throws SwapmeetError `unknown-id`; `wrong-revision` when the list in effect has another one; `bad-line`
   */
  applyDelta(id: string, revision: string, changes: Uint8Array): Promise<string>;

  /** Begins a session: the peer is online without an address yet, and its TTL starts anew. @throws SwapmeetError `unknown-id` */
  beginSession(session: Session, nowMs: number): Promise<void>;
  /** The session that a resume token belongs to, or undefined. It may be ended by a lost connection, not by a LOGOUT. */
  findSession(id: string): Promise<Session | undefined>;
  /** Publishes the session's address, or (undefined) withdraws it. */
  setAddress(id: string, address: SessionAddress | undefined): Promise<void>;
  /** The peer was heard of. */
  touch(id: string, nowMs: number): Promise<void>;
  /** Takes the peer offline; `forget` also drops its resume token (LOGOUT). */
  endSession(id: string, options: { readonly forget: boolean }): Promise<void>;
  /** Takes every peer offline, keeping resume tokens: a server has just started and has no connections. */
  endAllSessions(): Promise<void>;

  /**
   * The clock was set, forwards (or, below 0, backwards) by `byMs` to `nowMs`: whatever was so long ago before is so long ago now,
   * or just now where it had not been yet.
   */
  clockSet(byMs: number, nowMs: number): Promise<void>;
  /** Deletes registrations whose TTL has run out, with their entries. Returns the ids. */
  expire(nowMs: number): Promise<readonly string[]>;

  /** Peers in order of username, with when they were last heard of. `online` means a session that is alive at `nowMs`. */
  listPeers(filter: PresenceFilter, page: PageRequest, nowMs: number): Promise<Page<PeerRow>>;
  /**
   * An id's entries: a folder's files by name, then its folders by name, each with all below it. With a `path`, those of that folder and all below it, and the entry that has
   * the path itself. Throws as `search`, and `unknown-id`.
   */
  browse(id: string, path: string | undefined, page: PageRequest, signal?: AbortSignal): Promise<Page<Entry>>;
  /**
   * What lies in a folder of an id's list, folders first, each in order of name; nothing where there is no such folder. Without
   * a path, what lies at the top. Throws as `search`, and `unknown-id`.
   */
  folder(id: string, path: string | undefined, page: PageRequest, signal?: AbortSignal): Promise<Page<FolderRow>>;
  /**
   * Entries that match, best first, of online peers with an address only. [PROTOCOL §6.5] A store may bound the entries that one
   * query looks at.
   *
   * @param signal gives the answer up
   * @throws SwapmeetError `bad-query`; `bad-request` for a cursor that no page gave; `timeout` for a query that takes seconds;
   *   `cancelled` when the signal aborts
   */
  search(query: string, page: PageRequest, nowMs: number, signal?: AbortSignal): Promise<Page<SearchHit>>;
  /**
   * The same grouped by content, each under its best entry's path; with `holders: 'all'` of all peers, with `reach: 'any'`
   * also of those online that have no address, but a key. A peer that holds a
   * content more than once is one holder, under the first of its paths. Throws as `search`.
   */
  find(query: string, page: FindPage, nowMs: number, signal?: AbortSignal): Promise<ContentPage>;
  /**
   * The same as the payload of FIND's OK, which is put together where the entries are: nobody has to look at its rows on the way.
   *
   * @param viewer the address that whoever asks is seen at: a source that could not be dialled from there is none [PROTOCOL §10];
   *   so a page may have fewer rows than its limit. Undefined for one that may see all.
   */
  findReply(
    query: string,
    page: FindPage,
    viewer: string | undefined,
    nowMs: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
  /**
   * Online sources with an address (or, where reach is `any`, with a key) that hold the content of a SHA-1 (of one root, if
   * given), in order of username: at most `SOURCES_MAX`, and as many as a reply holds. A source of several contents under the
   * SHA-1 comes once for each.
   *
   * @throws SwapmeetError `timeout`
   */
  sources(sha1: string, root: string | undefined, nowMs: number, reach?: Reach): Promise<readonly Source[]>;

  /** The whole network in figures. */
  network(nowMs: number): Promise<NetworkTotals>;

  /** Lets what was called finish for a moment; what takes longer changes nothing and, like every later call, is `shutting-down`. */
  close(): Promise<void>;
};
