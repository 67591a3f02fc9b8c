import * as z from 'zod';
import { DOWNLOAD_FILTERS } from '../peer/control.ts';
import { HOLDER_SCOPES, MATCH_SCOPES } from '../protocol/codecs/find.ts';
import { PRESENCE_FILTERS } from '../protocol/codecs/listing.ts';
import type { EndpointName } from './endpoints.ts';
import { friendsChangeSchema, limitChangesSchema, limitsSchema, uploadSchema } from './limit-schemas.ts';
import {
  contentPageSchema,
  downloadChangeSchema,
  downloadRequestSchema,
  downloadSchema,
  downloadSelectionSchema,
  entrySchema,
  failureSchema,
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

/** What an endpoint takes, and what it replies: each line of it where that is a stream. */
export type Exchange<Input extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> = {
  readonly input: Input;
  readonly reply: Reply;
};

const NO_INPUT = z.strictObject({});
const DOWNLOAD_ID = z.strictObject({ id: z.string().min(1) });
const WATCH_ID = z.strictObject({ id: z.string().min(1) });

const TABLE = {
  status: { input: NO_INPUT, reply: statusSchema },
  shares: { input: NO_INPUT, reply: listOf(shareSchema) },
  pauseHashing: {
    input: z.strictObject({ paused: z.boolean() }),
    reply: statusSchema,
  },
  verify: {
    input: verifyRequestSchema,
    reply: verifyReportSchema,
  },
  damages: {
    input: z.strictObject(PAGE_FIELDS),
    reply: pageOf(damageSchema),
  },
  search: {
    input: z.strictObject({
      query: z.string(),
      holders: z.enum(HOLDER_SCOPES).optional(),
      matches: z.enum(MATCH_SCOPES).optional(),
      facets: z.literal('yes').optional(),
      ...PAGE_FIELDS,
    }),
    reply: contentPageSchema,
  },
  network: { input: NO_INPUT, reply: networkSchema },
  peers: {
    input: z.strictObject({ presence: z.enum(PRESENCE_FILTERS).default('all'), ...PAGE_FIELDS }),
    reply: pageOf(peerSchema),
  },
  browse: {
    input: z.strictObject({ peer: z.string().min(1), path: z.string().min(1).optional(), ...PAGE_FIELDS }),
    reply: pageOf(entrySchema),
  },
  folder: {
    input: z.strictObject({ peer: z.string().min(1), path: z.string().min(1).optional(), ...PAGE_FIELDS }),
    reply: pageOf(folderRowSchema),
  },
  downloads: {
    input: z.strictObject({ filter: z.enum(DOWNLOAD_FILTERS).optional(), ...PAGE_FIELDS }),
    reply: pageOf(downloadSchema),
  },
  changeDownloads: {
    input: z.strictObject({ selection: downloadSelectionSchema, change: downloadChangeSchema }),
    reply: z.object({ count: z.int().min(0) }),
  },
  startDownload: {
    input: downloadRequestSchema,
    reply: downloadSchema,
  },
  download: { input: DOWNLOAD_ID, reply: downloadSchema },
  failures: {
    input: DOWNLOAD_ID.extend(PAGE_FIELDS),
    reply: pageOf(failureSchema),
  },
  watchDownload: {
    input: DOWNLOAD_ID,
    reply: downloadSchema,
  },
  giveStream: {
    input: DOWNLOAD_ID,
    // Below the address of the API; who has it needs no token.
    reply: z.object({ path: z.string() }),
  },
  uploads: { input: NO_INPUT, reply: listOf(uploadSchema) },
  limits: { input: NO_INPUT, reply: limitsSchema },
  changeLimits: { input: limitChangesSchema, reply: limitsSchema },
  friends: { input: NO_INPUT, reply: listOf(z.string()) },
  setFriends: {
    input: friendsChangeSchema,
    reply: listOf(z.string()),
  },
  watches: { input: NO_INPUT, reply: listOf(watchSchema) },
  addWatch: {
    input: z.strictObject({ query: z.string(), get: z.boolean() }),
    reply: watchSchema,
  },
  removeWatch: {
    input: WATCH_ID,
    reply: listOf(watchSchema),
  },
  watchMatches: {
    input: WATCH_ID,
    reply: matchedSchema,
  },
  doctor: {
    input: z.strictObject({ peer: z.string().min(1).optional() }),
    reply: findingSchema,
  },
  shownMatches: {
    input: z.strictObject({ id: z.string().min(1), position: z.int().nonnegative() }),
    reply: watchSchema,
  },
} as const satisfies Record<EndpointName, Exchange>;

type Table = typeof TABLE;

/** What a caller gives, and what the handler takes of it. */
export type InputOf<Name extends EndpointName> = z.input<Table[Name]['input']>;
export type TakenOf<Name extends EndpointName> = z.output<Table[Name]['input']>;
/** What a handler gives (a line of, where it is a stream), and what the caller takes of it. */
export type GivenOf<Name extends EndpointName> = z.input<Table[Name]['reply']>;
export type ReplyOf<Name extends EndpointName> = z.output<Table[Name]['reply']>;
/** A row of a reply that lists. */
export type RowOf<
  Name extends
    'shares' | 'search' | 'peers' | 'browse' | 'folder' | 'downloads' | 'failures' | 'uploads' | 'watches' | 'damages',
> = ReplyOf<Name>['rows'][number];

/**
 * The local API: what `PeerControl` offers, called as `ENDPOINTS` says. Server, client and, through them, CLI and page know it from here.
 * All paths need the token of the data directory's `api.json` as `Authorization: Bearer`; a failure is an HTTP status and
 * `{ "error": { "code", "message" } }`.
 */
export const CONTRACT: {
  readonly [Name in EndpointName]: Exchange<
    z.ZodType<TakenOf<Name>, InputOf<Name>>,
    z.ZodType<ReplyOf<Name>, GivenOf<Name>>
  >;
} = TABLE;
