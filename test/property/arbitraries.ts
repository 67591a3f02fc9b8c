import fc from 'fast-check';
import { anyText } from '../support/any-text.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { SwapmeetError, WIRE_CODES, type WireCode } from '../../src/domain/errors.ts';
import { checkSharePath, SEGMENT_UNITS_MAX } from '../../src/domain/share-path.ts';
import { checkUsername, USERNAME_UNITS_MAX } from '../../src/domain/username.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { PRESENCE_FILTERS, type PeerRow } from '../../src/protocol/codecs/listing.ts';
import type { PieceRange } from '../../src/protocol/codecs/availability.ts';
import type { Page, PageRequest } from '../../src/protocol/codecs/page.ts';
import { HOLDER_SCOPES, type ContentPage, type ContentRow, type Holder } from '../../src/protocol/codecs/find.ts';
import type { FolderRow } from '../../src/protocol/codecs/folder.ts';
import { REACHES, type SearchHit, type Source } from '../../src/protocol/codecs/search.ts';
import { REACH_WAYS } from '../../src/protocol/codecs/reach.ts';
import type { Match } from '../../src/protocol/codecs/watch.ts';
import type { SessionReply } from '../../src/protocol/codecs/session.ts';
import { encodeChanges, type ListChange } from '../../src/protocol/codecs/list-changes.ts';
import {
  BUNDLE_BYTES_MAX,
  BUNDLE_CONTENTS_MAX,
  DOWNLOAD_BYTES_MAX,
  LAN_ADDRESSES_MAX,
  LIST_PARTS_MAX,
  PAGE_ROWS_MAX,
} from '../../src/protocol/limits.ts';
import type { EventName, EventOf, OkOf, RequestName, RequestOf } from '../../src/protocol/messages.ts';

function isTaken(take: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      take(text);
      return true;
    } catch (error) {
      if (error instanceof SwapmeetError) return false;
      throw error;
    }
  };
}

/** Any text that UTF-8 can carry, the reserved characters more often than chance would have them. */
export const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: anyText() }, fc.constantFrom('%', '|', '\r', '\n', '\0')))
  .map((parts) => parts.join(''));

export const sizes = fc.oneof(fc.maxSafeNat(), fc.nat(3_000_000), fc.constantFrom(0, Number.MAX_SAFE_INTEGER));
const hex = (digits: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const sha1s = hex(40);
const roots = hex(64);
const ids = fc.stringMatching(/^[0-9A-Za-z_-]{1,64}$/);
const ports = fc.integer({ min: 1, max: 65_535 });
const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
const hostPorts = fc.array(
  fc.record({ host: fc.constantFrom('192.0.2.7', '10.0.0.1', '2001:db8::7', 'fd00::1'), port: ports }),
  { minLength: 1, maxLength: LAN_ADDRESSES_MAX },
);
const passwords = texts.filter((text) => text !== '').map((text) => text.slice(0, 1_000).toWellFormed());
const segments = texts
  .map((text) => text.replaceAll(/[/\0]/g, '').slice(0, SEGMENT_UNITS_MAX).toWellFormed())
  .filter((text) => text !== '' && text !== '.' && text !== '..');
export const sharePaths = fc
  .array(segments, { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('/'))
  .filter(isTaken(checkSharePath));
const usernames = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: USERNAME_UNITS_MAX })
  .map((text) => text.normalize('NFC').trim())
  .filter(isTaken(checkUsername));

export const entries: fc.Arbitrary<Entry> = fc.record(
  { path: sharePaths, sizeBytes: sizes, sha1: sha1s, root: roots },
  { requiredKeys: ['path', 'sizeBytes', 'sha1'] },
);
const tokens = ids;
const partNumbers = fc.integer({ min: 1, max: LIST_PARTS_MAX });
const revisions = fc.stringMatching(/^[!-~]{1,64}$/);
const listChanges: fc.Arbitrary<ListChange> = fc.oneof(
  entries.map((add) => ({ add })),
  sharePaths.map((remove) => ({ remove })),
);
export const changeLists = fc.array(listChanges, { maxLength: 5 }).map(encodeChanges);
const fileLists = fc.array(entries, { maxLength: 5 }).map(encodeFileList);

const pageRequests: fc.Arbitrary<PageRequest> = fc.record(
  { after: texts, limit: fc.integer({ min: 1, max: PAGE_ROWS_MAX }) },
  { requiredKeys: [] },
);
function withPage<T extends object>(requests: fc.Arbitrary<T>): fc.Arbitrary<T & PageRequest> {
  return fc.tuple(requests, pageRequests).map(([request, page]) => ({ ...request, ...page }));
}
function pages<Row>(rows: fc.Arbitrary<Row>): fc.Arbitrary<Page<Row>> {
  return fc.record({ rows: fc.array(rows, { maxLength: 5 }), next: texts }, { requiredKeys: ['rows'] });
}

const peerRows: fc.Arbitrary<PeerRow> = fc.record(
  {
    username: usernames,
    id: ids,
    presence: fc.constantFrom('online', 'offline'),
    files: fc.maxSafeNat(),
    sizeBytes: sizes,
    lastSeenS: fc.maxSafeNat(),
  },
  { requiredKeys: ['username', 'id', 'presence', 'files', 'sizeBytes'] },
);
const hits: fc.Arbitrary<SearchHit> = fc.record({
  path: sharePaths,
  sizeBytes: sizes,
  sha1: sha1s,
  username: usernames,
  id: ids,
  address: addresses,
  port: ports,
});
const presences = fc.constantFrom('online', 'offline');
const holders: fc.Arbitrary<Holder> = fc.record({
  id: ids,
  username: usernames,
  path: sharePaths,
  presence: presences,
});
const contents: fc.Arbitrary<ContentRow> = fc
  .tuple(entries, fc.nat(), fc.nat(), fc.array(holders, { maxLength: 3 }))
  .map(([entry, sourceCount, holderCount, listed]) => ({ ...entry, sourceCount, holderCount, holders: listed }));
const facetCounts = fc.array(
  fc.record({ value: fc.stringMatching(/^[\p{L}\p{N}_+-]{1,16}$/u), count: fc.integer({ min: 1 }) }),
  { maxLength: 3 },
);
const contentPages: fc.Arbitrary<ContentPage> = fc
  .tuple(
    pages(contents),
    fc.record(
      {
        total: fc.maxSafeNat(),
        bounded: fc.boolean(),
        facets: fc.record({ types: facetCounts, extensions: facetCounts }),
      },
      { requiredKeys: ['total', 'bounded'] },
    ),
  )
  .map(([page, more]) => ({ ...page, ...more }));
const folderRows: fc.Arbitrary<FolderRow> = fc.oneof(
  fc.record({ kind: fc.constant('folder'), name: segments, files: fc.maxSafeNat(), sizeBytes: sizes }),
  fc.record(
    { kind: fc.constant('file'), name: segments, sizeBytes: sizes, sha1: sha1s, root: roots },
    { requiredKeys: ['kind', 'name', 'sizeBytes', 'sha1'] },
  ),
);
const sources: fc.Arbitrary<Source> = fc
  .tuple(
    entries,
    fc.record(
      { id: ids, username: usernames, key: roots, part: fc.constant(true), addresses: hostPorts },
      { requiredKeys: ['id', 'username'] },
    ),
    fc.option(fc.record({ address: addresses, port: ports }), { nil: {} }),
  )
  .map(([entry, who, where]) => ({ ...entry, ...who, ...where }));

const idReplies = fc.record({ id: ids });
const sessionReplies: fc.Arbitrary<SessionReply> = fc.record(
  { ticket: texts, resumeToken: texts, address: texts },
  { requiredKeys: [] },
);
const reachTokens = fc.record({ token: fc.stringMatching(/^[0-9A-Za-z_-]{16,64}$/) });
const nothing = fc.constant(undefined);

const matchEvents: fc.Arbitrary<Match> = fc.record(
  { watch: ids, mark: fc.maxSafeNat(), more: fc.constant(true), rows: fc.array(contents, { maxLength: 3 }) },
  { requiredKeys: ['watch', 'mark', 'rows'] },
);

/** Ascending ranges that don't overlap. */
const pieceRanges: fc.Arbitrary<readonly PieceRange[]> = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 5 })
  .map((steps) => {
    let next = 0;
    return steps.map(([gap, more]) => {
      const first = next + gap;
      const last = first + more;
      next = last + 1;
      return { first, last };
    });
  });

type KnownEventName = Exclude<EventName, 'SESSION_ENDED'>;

const linkTokens = fc.stringMatching(/^[0-9A-Za-z_-]{16,64}$/);

/** One arbitrary for each event but SESSION_ENDED, whose payload is a KO's. */
export const EVENT_ARBITRARIES: { readonly [Name in KnownEventName]: fc.Arbitrary<EventOf<Name>> } = {
  MATCH: matchEvents,
  HAS: fc.record({ sha1: sha1s, root: roots, held: pieceRanges, coming: pieceRanges }),
  QUEUED: fc.record(
    { position: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), estimateS: fc.maxSafeNat() },
    { requiredKeys: ['position'] },
  ),
  CALL: fc.record(
    {
      token: linkTokens,
      way: fc.constantFrom(...REACH_WAYS),
      key: roots,
      address: fc.record({ host: fc.constantFrom('192.0.2.7', '2001:db8::7'), port: ports }),
    },
    { requiredKeys: ['token', 'way', 'key'] },
  ),
};

type Arbitraries = {
  readonly [Name in RequestName]: {
    readonly request: fc.Arbitrary<RequestOf<Name>>;
    readonly ok: fc.Arbitrary<OkOf<Name>>;
  };
};

/** One arbitrary for each request and each OK of the message table. */
export const ARBITRARIES: Arbitraries = {
  REGISTER: {
    request: fc.record(
      { username: usernames, password: passwords, fileList: fileLists, invite: texts },
      { requiredKeys: ['username', 'password', 'fileList'] },
    ),
    ok: idReplies,
  },
  LOGIN: {
    request: fc.record(
      { username: usernames, password: passwords, id: ids, port: ports, lan: hostPorts },
      { requiredKeys: ['username', 'password', 'id'] },
    ),
    ok: sessionReplies,
  },
  KEEP_ALIVE: { request: fc.record({ id: ids }), ok: sessionReplies },
  LOGOUT: { request: fc.record({ username: usernames, password: passwords, id: ids }), ok: nothing },
  SHOW_PEERS: {
    request: withPage(
      fc.record(
        { filter: fc.constantFrom(...PRESENCE_FILTERS), details: fc.constant(true) },
        { requiredKeys: ['filter'] },
      ),
    ),
    ok: pages(peerRows),
  },
  BROWSE_PEER: {
    request: withPage(fc.record({ id: ids, path: sharePaths }, { requiredKeys: ['id'] })),
    ok: pages(entries),
  },
  SEARCH: { request: withPage(fc.record({ query: texts })), ok: pages(hits) },
  DOWNLOAD: {
    request: fc.record(
      { sha1: sha1s, offsetBytes: sizes, lengthBytes: fc.integer({ min: 1, max: DOWNLOAD_BYTES_MAX }), root: roots },
      { requiredKeys: ['sha1', 'offsetBytes', 'lengthBytes'] },
    ),
    ok: fc.record({ lengthBytes: fc.integer({ min: 1, max: DOWNLOAD_BYTES_MAX }) }),
  },
  REGISTER_UPDATE: {
    request: fc.record({ username: usernames, password: passwords, id: ids, fileList: fileLists }),
    ok: idReplies,
  },
  RESUME: {
    request: fc.record({ id: ids, token: texts, port: ports, lan: hostPorts }, { requiredKeys: ['id', 'token'] }),
    ok: sessionReplies,
  },
  FIND: {
    request: withPage(
      fc.record(
        {
          query: texts,
          holders: fc.constantFrom(...HOLDER_SCOPES),
          reach: fc.constantFrom(...REACHES),
          facets: fc.constant(true),
        },
        { requiredKeys: ['query'] },
      ),
    ),
    ok: contentPages,
  },
  SOURCES: {
    request: fc.record({ sha1: sha1s, root: roots, reach: fc.constantFrom(...REACHES) }, { requiredKeys: ['sha1'] }),
    ok: pages(sources),
  },
  PARTS: { request: fc.record({ entries: fc.array(entries, { maxLength: 5 }) }), ok: nothing },
  ANSWER: { request: reachTokens, ok: nothing },
  REACH: { request: fc.record({ id: ids, way: fc.constantFrom(...REACH_WAYS) }), ok: reachTokens },
  RELAY: { request: reachTokens, ok: nothing },
  CANCEL: { request: nothing, ok: nothing },
  WATCH: { request: fc.record({ query: texts }), ok: fc.record({ watch: ids }) },
  UNWATCH: { request: fc.record({ watch: ids }), ok: nothing },
  WATCHES: { request: pageRequests, ok: pages(fc.record({ id: ids, query: texts })) },
  SEEN: { request: fc.record({ watch: ids, mark: fc.maxSafeNat() }), ok: nothing },
  NETWORK: {
    request: nothing,
    ok: fc.record({
      peersOnline: fc.maxSafeNat(),
      peers: fc.maxSafeNat(),
      entries: fc.maxSafeNat(),
      sizeBytes: sizes,
      contents: fc.maxSafeNat(),
      contentsAtRisk: fc.maxSafeNat(),
    }),
  },
  FOLDER: {
    request: withPage(fc.record({ id: ids, path: sharePaths }, { requiredKeys: ['id'] })),
    ok: pages(folderRows),
  },
  LIST_STATE: {
    request: fc.record({ id: ids }),
    ok: fc.record(
      { revision: revisions, upload: fc.record({ token: tokens, parts: partNumbers }) },
      { requiredKeys: ['revision'] },
    ),
  },
  LIST_PART: {
    request: fc.record({ token: tokens, part: partNumbers, fileList: fileLists }),
    ok: fc.record({ part: partNumbers }),
  },
  LIST_COMMIT: {
    request: fc.record({ token: tokens, parts: partNumbers }),
    ok: fc.record({ revision: revisions }),
  },
  LIST_DELTA: {
    request: fc.record({ revision: revisions, changes: changeLists }),
    ok: fc.record({ revision: revisions }),
  },
  PRESENT: { request: fc.record({ ticket: texts }), ok: nothing },
  PIECE_HASHES: {
    request: fc.record({ sha1: sha1s, root: roots }, { requiredKeys: ['sha1'] }),
    ok: fc.record({
      root: roots,
      sizeBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      pieceBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    }),
  },
  BUNDLE: {
    request: fc.record({
      contents: fc.array(fc.record({ sha1: sha1s, root: roots }, { requiredKeys: ['sha1'] }), {
        minLength: 1,
        maxLength: BUNDLE_CONTENTS_MAX,
      }),
    }),
    ok: fc.record({
      sizesBytes: fc.array(fc.option(fc.integer({ min: 0, max: BUNDLE_BYTES_MAX / 256 }), { nil: undefined }), {
        minLength: 1,
        maxLength: BUNDLE_CONTENTS_MAX,
      }),
    }),
  },
  HAVE: {
    request: fc.record({ sha1: sha1s, root: roots }, { requiredKeys: ['sha1'] }),
    ok: fc.record({
      root: roots,
      sizeBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      pieceBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      isWhole: fc.boolean(),
    }),
  },
};

/** Failures as a KO carries them: on one line, and not `internal`, whose sentence stays at home. */
export const failures: fc.Arbitrary<SwapmeetError> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(WIRE_CODES) as WireCode[]).filter((code) => code !== 'internal')),
    texts.map((text) =>
      text
        .replaceAll(/\p{Cc}+/gu, ' ')
        .slice(0, 500)
        .toWellFormed(),
    ),
  )
  .map(([code, sentence]) => new SwapmeetError(code, sentence));
