import * as z from 'zod';
import { DOWNLOAD_FILTERS } from '../peer/control.ts';
import { HOLDER_SCOPES } from '../protocol/codecs/find.ts';
import { PRESENCE_FILTERS } from '../protocol/codecs/listing.ts';
import { friendChangeSchema, limitChangesSchema, limitsSchema, uploadSchema } from './limit-schemas.ts';
import {
  contentPageSchema,
  downloadChangeSchema,
  downloadRequestSchema,
  downloadSchema,
  downloadSelectionSchema,
  entrySchema,
  findingSchema,
  folderRowSchema,
  listOf,
  matchedSchema,
  networkSchema,
  PAGE_FIELDS,
  pageOf,
  peerSchema,
  shareSchema,
  statusSchema,
  watchSchema,
} from './schemas.ts';
import { damageSchema, verifyReportSchema, verifyRequestSchema } from './verify-schemas.ts';

export type Endpoint<Input extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` takes an input's field; the other fields travel as the JSON body (POST) or in the query. */
  readonly path: string;
  readonly input: Input;
  /** The reply, or each line of it where it is a stream. */
  readonly reply: Reply;
  /** A stream is NDJSON: a value a line, as it comes; empty lines show that the peer is alive. */
  readonly stream: boolean;
};

const NO_INPUT = z.strictObject({});
const DOWNLOAD_ID = z.strictObject({ id: z.string().min(1) });
const WATCH_ID = z.strictObject({ id: z.string().min(1) });

const TABLE = {
  status: { method: 'GET', path: '/v1/status', input: NO_INPUT, reply: statusSchema, stream: false },
  shares: { method: 'GET', path: '/v1/shares', input: NO_INPUT, reply: listOf(shareSchema), stream: false },
  pauseHashing: {
    method: 'POST',
    path: '/v1/hashing',
    input: z.strictObject({ paused: z.boolean() }),
    reply: statusSchema,
    stream: false,
  },
  // A stream that one begins with a list of names, which a query has no room for.
  verify: {
    method: 'POST',
    path: '/v1/verifications',
    input: verifyRequestSchema,
    reply: verifyReportSchema,
    stream: true,
  },
  damages: {
    method: 'GET',
    path: '/v1/damages',
    input: z.strictObject(PAGE_FIELDS),
    reply: pageOf(damageSchema),
    stream: false,
  },
  search: {
    method: 'GET',
    path: '/v1/search',
    input: z.strictObject({
      query: z.string(),
      holders: z.enum(HOLDER_SCOPES).optional(),
      facets: z.literal('yes').optional(),
      ...PAGE_FIELDS,
    }),
    reply: contentPageSchema,
    stream: false,
  },
  network: { method: 'GET', path: '/v1/network', input: NO_INPUT, reply: networkSchema, stream: false },
  peers: {
    method: 'GET',
    path: '/v1/peers',
    input: z.strictObject({ presence: z.enum(PRESENCE_FILTERS).default('all'), ...PAGE_FIELDS }),
    reply: pageOf(peerSchema),
    stream: false,
  },
  browse: {
    method: 'GET',
    // The peer is no part of the path: a URL would lose a username such as “..”.
    path: '/v1/browse',
    input: z.strictObject({ peer: z.string().min(1), path: z.string().min(1).optional(), ...PAGE_FIELDS }),
    reply: pageOf(entrySchema),
    stream: false,
  },
  folder: {
    method: 'GET',
    path: '/v1/folder',
    input: z.strictObject({ peer: z.string().min(1), path: z.string().min(1).optional(), ...PAGE_FIELDS }),
    reply: pageOf(folderRowSchema),
    stream: false,
  },
  downloads: {
    method: 'GET',
    path: '/v1/downloads',
    input: z.strictObject({ filter: z.enum(DOWNLOAD_FILTERS).optional(), ...PAGE_FIELDS }),
    reply: pageOf(downloadSchema),
    stream: false,
  },
  changeDownloads: {
    method: 'POST',
    path: '/v1/downloads/changes',
    input: z.strictObject({ selection: downloadSelectionSchema, change: downloadChangeSchema }),
    reply: z.object({ count: z.int().min(0) }),
    stream: false,
  },
  startDownload: {
    method: 'POST',
    path: '/v1/downloads',
    input: downloadRequestSchema,
    reply: downloadSchema,
    stream: false,
  },
  download: { method: 'GET', path: '/v1/downloads/:id', input: DOWNLOAD_ID, reply: downloadSchema, stream: false },
  watchDownload: {
    method: 'GET',
    path: '/v1/downloads/:id/events',
    input: DOWNLOAD_ID,
    reply: downloadSchema,
    stream: true,
  },
  giveStream: {
    method: 'POST',
    path: '/v1/downloads/:id/stream',
    input: DOWNLOAD_ID,
    // Below the address of the API; who has it needs no token.
    reply: z.object({ path: z.string() }),
    stream: false,
  },
  uploads: { method: 'GET', path: '/v1/uploads', input: NO_INPUT, reply: listOf(uploadSchema), stream: false },
  limits: { method: 'GET', path: '/v1/limits', input: NO_INPUT, reply: limitsSchema, stream: false },
  changeLimits: { method: 'POST', path: '/v1/limits', input: limitChangesSchema, reply: limitsSchema, stream: false },
  friends: { method: 'GET', path: '/v1/friends', input: NO_INPUT, reply: listOf(z.string()), stream: false },
  setFriend: {
    method: 'POST',
    path: '/v1/friends',
    input: friendChangeSchema,
    reply: listOf(z.string()),
    stream: false,
  },
  watches: { method: 'GET', path: '/v1/watches', input: NO_INPUT, reply: listOf(watchSchema), stream: false },
  addWatch: {
    method: 'POST',
    path: '/v1/watches',
    input: z.strictObject({ query: z.string(), get: z.boolean() }),
    reply: watchSchema,
    stream: false,
  },
  removeWatch: {
    method: 'DELETE',
    path: '/v1/watches/:id',
    input: WATCH_ID,
    reply: listOf(watchSchema),
    stream: false,
  },
  watchMatches: {
    method: 'GET',
    path: '/v1/watches/:id/matches',
    input: WATCH_ID,
    reply: matchedSchema,
    stream: true,
  },
  doctor: {
    method: 'GET',
    path: '/v1/doctor',
    input: z.strictObject({ peer: z.string().min(1).optional() }),
    reply: findingSchema,
    stream: true,
  },
  shownMatches: {
    method: 'POST',
    path: '/v1/watches/:id/shown',
    input: z.strictObject({ id: z.string().min(1), position: z.int().nonnegative() }),
    reply: watchSchema,
    stream: false,
  },
} as const satisfies Record<string, Endpoint>;

type Table = typeof TABLE;
export type EndpointName = keyof Table;
export type StreamName = { [Name in EndpointName]: Table[Name]['stream'] extends true ? Name : never }[EndpointName];
export type CallName = Exclude<EndpointName, StreamName>;

/** What a caller gives, and what the handler takes of it. */
export type InputOf<Name extends EndpointName> = z.input<Table[Name]['input']>;
export type TakenOf<Name extends EndpointName> = z.output<Table[Name]['input']>;
/** What a handler gives (a line of, where it is a stream), and what the caller takes of it. */
export type GivenOf<Name extends EndpointName> = z.input<Table[Name]['reply']>;
export type ReplyOf<Name extends EndpointName> = z.output<Table[Name]['reply']>;
/** A row of a reply that lists. */
export type RowOf<
  Name extends 'shares' | 'search' | 'peers' | 'browse' | 'folder' | 'downloads' | 'uploads' | 'watches' | 'damages',
> = ReplyOf<Name>['rows'][number];

/**
 * The local API: how to call what `PeerControl` offers. Server, client and, through them, CLI and page know it from here.
 * All paths need the token of the data directory's `api.json` as `Authorization: Bearer`; a failure is an HTTP status and
 * `{ "error": { "code", "message" } }`.
 */
export const ENDPOINTS: {
  readonly [Name in EndpointName]: Endpoint<
    z.ZodType<TakenOf<Name>, InputOf<Name>>,
    z.ZodType<ReplyOf<Name>, GivenOf<Name>>
  >;
} = TABLE;

export const ENDPOINT_NAMES = Object.keys(TABLE) as readonly EndpointName[];

export function isStream(name: EndpointName): name is StreamName {
  return TABLE[name].stream;
}
