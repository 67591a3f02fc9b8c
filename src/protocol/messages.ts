import type { Codec } from './codec.ts';
import * as listing from './codecs/listing.ts';
import * as search from './codecs/search.ts';
import * as session from './codecs/session.ts';
import * as transfer from './codecs/transfer.ts';
import { DATA_TYPE } from './frame.ts';
import { DATA_BYTES_MAX, LIST_BYTES_MAX, PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, SMALL_BYTES_MAX } from './limits.ts';

/**
 * The state of the connection on which a request arrives: `open` until a LOGIN, RESUME or PRESENT succeeded, then
 * `logged-in` (at the server) or `admitted` (at a peer). [PROTOCOL §5]
 */
export type ConnectionState = 'open' | 'logged-in' | 'admitted';

export type Side = 'server' | 'peer';

type Message<At extends Side, Request, Ok> = {
  /** The request's type; OK is `code` + 100, KO is `code` + 200. */
  readonly code: number;
  /** Who answers. */
  readonly at: At;
  readonly states: readonly ConnectionState[];
  readonly requestBytesMax: number;
  readonly okBytesMax: number;
  readonly request: Codec<Request>;
  readonly ok: Codec<Ok>;
  /** Whether a CANCEL that comes before the answer takes the request back. */
  readonly cancellable: boolean;
  /** How many bytes follow the OK in DATA frames. */
  readonly dataBytes: (ok: Ok) => number;
  /** The payloads' forms, for a reader: `\n` separates lines, brackets mark attribute lines. */
  readonly requestForm: string;
  readonly okForm: string;
};

function message<const At extends Side, Request, Ok>(
  entry: Omit<Message<At, Request, Ok>, 'dataBytes' | 'cancellable'> &
    Partial<Pick<Message<At, Request, Ok>, 'dataBytes' | 'cancellable'>>,
): Message<At, Request, Ok> {
  return { cancellable: false, dataBytes: () => 0, ...entry };
}

const ANY_AT_SERVER = ['open', 'logged-in'] as const;
const LOGGED_IN = ['logged-in'] as const;
const OPEN = ['open'] as const;
const ADMITTED = ['admitted'] as const;

/**
 * The message table: type codes, allowed states, caps, codecs and forms of all requests. Dispatch, checks and the table of
 * PROTOCOL §6 come from here and nowhere else.
 */
export const MESSAGES = {
  REGISTER: message({
    code: 1,
    at: 'server',
    states: ANY_AT_SERVER,
    requestBytesMax: LIST_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.registerRequest,
    ok: session.idReply('REGISTER SUCCESS'),
    requestForm: 'username \\n password \\n file lines [invite]',
    okForm: 'REGISTER SUCCESS \\n id',
  }),
  LOGIN: message({
    code: 2,
    at: 'server',
    states: OPEN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.loginRequest,
    ok: session.sessionReply('LOGIN SUCCESS'),
    requestForm: 'username \\n password \\n id [port]',
    okForm: 'LOGIN SUCCESS [ticket] [resume] [address]',
  }),
  KEEP_ALIVE: message({
    code: 3,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.idRequest,
    ok: session.sessionReply('KEEP ALIVE SUCCESS'),
    requestForm: 'id',
    okForm: 'KEEP ALIVE SUCCESS [ticket] [address]',
  }),
  LOGOUT: message({
    code: 4,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.logoutRequest,
    ok: session.sentenceReply('LOGOUT SUCCESS'),
    requestForm: 'username \\n password \\n id',
    okForm: 'LOGOUT SUCCESS',
  }),
  SHOW_PEERS: message({
    code: 5,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    request: listing.showPeersRequest,
    ok: listing.peersReply,
    requestForm: 'online, offline or all [after] [limit]',
    okForm: 'a line a peer: username|id|online or offline|files|dimension_in_mb [next]',
  }),
  BROWSE_PEER: message({
    code: 6,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    request: listing.browseRequest,
    ok: listing.filesReply,
    requestForm: 'id [path] [after] [limit]',
    okForm: 'file lines [next]',
  }),
  SEARCH: message({
    code: 7,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    cancellable: true,
    request: search.searchRequest,
    ok: search.hitsReply,
    requestForm: 'query [after] [limit]',
    okForm: 'seven lines a hit: filename, dimension_in_mb, sha1, username, id, peer_ip, peer_port [next]',
  }),
  DOWNLOAD: message({
    code: 8,
    at: 'peer',
    states: ADMITTED,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: transfer.downloadRequest,
    ok: transfer.downloadReply,
    dataBytes: transfer.downloadDataBytes,
    requestForm: 'sha1 \\n offset \\n length [root]',
    okForm: 'length, then that many bytes in DATA frames',
  }),
  REGISTER_UPDATE: message({
    code: 9,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: LIST_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.registerUpdateRequest,
    ok: session.idReply('REGISTER UPDATE SUCCESS'),
    requestForm: 'username \\n password \\n id \\n file lines',
    okForm: 'REGISTER UPDATE SUCCESS \\n id',
  }),
  RESUME: message({
    code: 10,
    at: 'server',
    states: OPEN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.resumeRequest,
    ok: session.sessionReply('RESUME SUCCESS'),
    requestForm: 'id \\n token [port]',
    okForm: 'RESUME SUCCESS [ticket] [resume] [address]',
  }),
  FIND: message({
    code: 11,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    cancellable: true,
    request: search.searchRequest,
    ok: search.contentsReply,
    requestForm: 'query [after] [limit]',
    okForm:
      'a content: filename|dimension_in_mb|sha1|root|sources|listed, then as many lines as listed, id|username|filename [next]',
  }),
  SOURCES: message({
    code: 12,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    request: search.sourcesRequest,
    ok: search.sourcesReply,
    requestForm: 'sha1 [root]',
    okForm: 'a line a source: filename|dimension_in_mb|sha1|root|id|username|peer_ip|peer_port|key',
  }),
  CANCEL: message({
    code: 17,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.emptyRequest,
    ok: session.sentenceReply('CANCEL SUCCESS'),
    requestForm: '',
    okForm: 'CANCEL SUCCESS',
  }),
  PRESENT: message({
    code: 20,
    at: 'peer',
    states: ['open', 'admitted'],
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: transfer.presentRequest,
    ok: session.sentenceReply('PRESENT SUCCESS'),
    requestForm: 'ticket',
    okForm: 'PRESENT SUCCESS',
  }),
  PIECE_HASHES: message({
    code: 21,
    at: 'peer',
    states: ADMITTED,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: transfer.pieceHashesRequest,
    ok: transfer.pieceHashesReply,
    dataBytes: transfer.pieceHashesDataBytes,
    requestForm: 'sha1 [root]',
    okForm: 'root \\n size in bytes \\n piece size in bytes, then the hashes, 32 bytes each, in DATA frames',
  }),
} as const;

type Table = typeof MESSAGES;
export type RequestName = keyof Table;
export type RequestOf<Name extends RequestName> = Table[Name]['request'] extends Codec<infer T> ? T : never;
export type OkOf<Name extends RequestName> = Table[Name]['ok'] extends Codec<infer T> ? T : never;
/** A request's entry in the table, with its own types. */
export type MessageOf<Name extends RequestName> = Message<Table[Name]['at'], RequestOf<Name>, OkOf<Name>>;
/** The requests that one side answers. */
export type RequestNameAt<At extends Side> = {
  [Name in RequestName]: Table[Name]['at'] extends At ? Name : never;
}[RequestName];

export const OK_OFFSET = 100;
export const KO_OFFSET = 200;
/** The KO of what is no known request. */
export const PROTOCOL_KO_TYPE = 200;

/** Unsolicited messages of the answering side. [PROTOCOL §8] */
export const EVENTS = {
  /** The connection is about to be closed; the payload is like a KO's: a code and a sentence. */
  SESSION_ENDED: { code: 300, bytesMax: SMALL_BYTES_MAX, form: 'an error code and a sentence' },
} as const;
export type EventName = keyof typeof EVENTS;

const NAME_OF_CODE = new Map<number, RequestName>(
  (Object.keys(MESSAGES) as RequestName[]).map((name) => [MESSAGES[name].code, name]),
);

// The same table in a form that TypeScript can follow a name through.
const BY_NAME: { readonly [Name in RequestName]: MessageOf<Name> } = MESSAGES;

/** The entry of one request, with that request's own types. */
export function messageOf<Name extends RequestName>(name: Name): MessageOf<Name> {
  return BY_NAME[name];
}

/** The request that a type code stands for at one side. */
export function requestNameOf(type: number, side: Side): RequestName | undefined {
  const name = NAME_OF_CODE.get(type);
  return name !== undefined && MESSAGES[name].at === side ? name : undefined;
}

/** The KO type that answers a frame of this type, known or not. */
export function koTypeOf(type: number): number {
  return NAME_OF_CODE.has(type) ? type + KO_OFFSET : PROTOCOL_KO_TYPE;
}

/** Caps of the frames that the answering side takes: the requests of that side that the state allows some time. */
export function requestCapBytes(side: Side, type: number): number | undefined {
  const name = requestNameOf(type, side);
  return name === undefined ? undefined : MESSAGES[name].requestBytesMax;
}

/** Caps of the frames that the asking side takes: OKs, KOs, events and DATA. */
export function replyCapBytes(type: number): number | undefined {
  if (type === DATA_TYPE) return DATA_BYTES_MAX;
  if (type === PROTOCOL_KO_TYPE) return SMALL_BYTES_MAX;
  const ok = NAME_OF_CODE.get(type - OK_OFFSET);
  if (ok !== undefined) return MESSAGES[ok].okBytesMax;
  if (NAME_OF_CODE.has(type - KO_OFFSET)) return SMALL_BYTES_MAX;
  return Object.values(EVENTS).find(({ code }) => code === type)?.bytesMax;
}

/** A type code in words: `LOGIN`, `LOGIN_OK`, `LOGIN_KO`, `SESSION_ENDED`, `DATA`, or undefined. */
export function nameOfType(type: number): string | undefined {
  if (type === DATA_TYPE) return 'DATA';
  if (type === PROTOCOL_KO_TYPE) return 'PROTOCOL_KO';
  const request = NAME_OF_CODE.get(type);
  if (request !== undefined) return request;
  const ok = NAME_OF_CODE.get(type - OK_OFFSET);
  if (ok !== undefined) return `${ok}_OK`;
  const ko = NAME_OF_CODE.get(type - KO_OFFSET);
  if (ko !== undefined) return `${ko}_KO`;
  return Object.entries(EVENTS).find(([, { code }]) => code === type)?.[0];
}
