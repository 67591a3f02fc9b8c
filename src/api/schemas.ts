import * as z from 'zod';
import { ERROR_CODES, isErrorCode, type ErrorCode } from '../domain/errors.ts';
import { DOWNLOAD_STATES } from '../peer/control.ts';
import { queuedSchema } from './limit-schemas.ts';
import { WAY_KINDS } from '../peer/reach/findings.ts';
import { PACES } from '../peer/shares/hashing/pace.ts';
import { PAGE_ROWS_MAX } from '../protocol/limits.ts';

/** What travels in the local API's replies and requests, as `PeerControl` has it. */

const codeSchema = z.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code), {
  error: `one of ${Object.keys(ERROR_CODES).length} error codes`,
});
export const problemSchema = z.object({ code: codeSchema, message: z.string() });

/** The body of every reply that is no success, and the last line of a stream that failed: nothing else has this form. */
export const errorSchema = z.strictObject({ error: problemSchema });

export const bytesSchema = z.int().min(0);
export const countSchema = z.int().min(0);
export const sha1Schema = z.stringFormat('sha1', /^[0-9a-f]{40}$/);
export const rootSchema = z.stringFormat('root', /^[0-9a-f]{64}$/);

/** The fields that ask for one page of a long list; numbers may come as text, as they do in a URL. */
export const PAGE_FIELDS = {
  after: z.string().min(1).optional(),
  limit: z.coerce.number<number>().int().min(1).max(PAGE_ROWS_MAX).optional(),
};

/** One page; `next` is the `after` of the page that follows, absent on the last. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ rows: z.array(row).readonly(), next: z.string().optional() });
}

/** A list that is never long. */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z.object({ rows: z.array(row).readonly() });
}

const linkSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting') }),
  z.object({ state: z.literal('online'), id: z.string(), address: z.string().optional() }),
  z.object({ state: z.literal('offline'), ...problemSchema.shape, retryAtMs: z.number() }),
  z.object({ state: z.literal('refused'), ...problemSchema.shape }),
]);

export const statusSchema = z.object({
  username: z.string(),
  server: z.string(),
  link: linkSchema,
  listen: z.string(),
  sharedFiles: countSchema,
  sharedBytes: bytesSchema,
  postponedFiles: countSchema,
  damagedFiles: countSchema,
  hashingPace: z.enum(PACES),
  published: z.boolean(),
  activeDownloads: countSchema,
  activeUploads: countSchema,
});

export const shareSchema = z.object({
  label: z.string(),
  folder: z.string(),
  files: countSchema,
  sizeBytes: bytesSchema,
  looking: z.object({ filesFound: countSchema }).optional(),
  hashing: z
    .object({ filesDone: countSchema, filesTotal: countSchema, bytesDone: bytesSchema, bytesTotal: bytesSchema })
    .optional(),
  postponedFiles: countSchema.optional(),
  damagedFiles: countSchema.optional(),
  unwatched: z.boolean().optional(),
  error: problemSchema.optional(),
});

const presenceSchema = z.enum(['online', 'offline']);

export const peerSchema = z.object({
  username: z.string(),
  id: z.string(),
  presence: presenceSchema,
  files: countSchema,
  sizeBytes: bytesSchema,
  lastSeenS: countSchema.optional(),
});

export const entrySchema = z.object({
  path: z.string(),
  sizeBytes: bytesSchema,
  sha1: sha1Schema,
  root: rootSchema.optional(),
});

export const contentSchema = entrySchema.extend({
  sourceCount: countSchema,
  holderCount: countSchema,
  holders: z
    .array(z.object({ id: z.string(), username: z.string(), path: z.string(), presence: presenceSchema }))
    .readonly(),
});

/** What a watch matched; `position` is for `shownMatches`. */
export const matchedSchema = contentSchema.extend({ position: countSchema });

const facetSchema = z.array(z.object({ value: z.string(), count: countSchema })).readonly();

export const contentPageSchema = pageOf(contentSchema).extend({
  total: countSchema,
  bounded: z.boolean(),
  facets: z.object({ types: facetSchema, extensions: facetSchema }).optional(),
});

export const folderRowSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), name: z.string(), files: countSchema, sizeBytes: bytesSchema }),
  entrySchema.omit({ path: true }).extend({ kind: z.literal('file'), name: z.string() }),
]);

export const networkSchema = z.object({
  peersOnline: countSchema,
  peers: countSchema,
  entries: countSchema,
  sizeBytes: bytesSchema,
  contents: countSchema,
  contentsAtRisk: countSchema,
});

export const downloadSchema = z.object({
  id: z.string(),
  name: z.string(),
  files: z.object({ total: countSchema, done: countSchema, failed: countSchema }).optional(),
  sha1: sha1Schema.optional(),
  root: rootSchema.optional(),
  sizeBytes: bytesSchema,
  verifiedBytes: bytesSchema,
  bytesPerSecond: z.number().min(0),
  state: z.enum(DOWNLOAD_STATES),
  path: z.string(),
  source: z.string().optional(),
  queued: queuedSchema.extend({ username: z.string() }).optional(),
  liars: z.array(z.string()).readonly(),
  error: problemSchema.optional(),
});

export const failureSchema = z.object({ path: z.string(), sizeBytes: bytesSchema, error: problemSchema });

export const watchSchema = z.object({
  id: z.string(),
  query: z.string(),
  get: z.boolean(),
  waiting: countSchema,
  more: z.boolean(),
});

const wayKindSchema = z.enum(WAY_KINDS);
const adviceSchema = z.array(z.string()).readonly();

const ownFindingSchema = z.object({
  kind: z.literal('self'),
  username: z.string(),
  server: z.string(),
  link: linkSchema,
  listen: z.string(),
  lan: z.array(z.string()).readonly(),
  portMapping: z.discriminatedUnion('state', [
    z.object({ state: z.literal('off') }),
    z.object({ state: z.literal('searching') }),
    z.object({
      state: z.literal('mapped'),
      by: z.enum(['PCP', 'NAT-PMP', 'UPnP']),
      router: z.string(),
      externalPort: countSchema,
    }),
    z.object({ state: z.literal('none'), message: z.string() }),
  ]),
  clockAheadS: z.int().optional(),
  advice: adviceSchema,
});

const peerFindingSchema = z.object({
  kind: z.literal('peer'),
  username: z.string(),
  id: z.string(),
  isPublished: z.boolean(),
  ways: z
    .array(
      z.object({
        kind: wayKindSchema,
        address: z.string().optional(),
        tookMs: countSchema.optional(),
        error: problemSchema.optional(),
      }),
    )
    .readonly(),
  reachedBy: wayKindSchema.optional(),
  reachesUsBy: wayKindSchema.optional(),
  advice: adviceSchema,
});

export const findingSchema = z.discriminatedUnion('kind', [ownFindingSchema, peerFindingSchema]);

export const downloadRequestSchema = z.strictObject({
  what: z.union([
    z.strictObject({ sha1: sha1Schema, root: rootSchema.optional() }),
    z.strictObject({ peer: z.string().min(1), path: z.string().min(1) }),
    z.strictObject({ peer: z.string().min(1), folder: z.string().min(1) }),
    z.strictObject({ query: z.string().min(1) }),
  ]),
  folder: z.string().min(1).optional(),
});

/** An empty one is all downloads. */
export const downloadSelectionSchema = z.strictObject({
  ids: z.array(z.string().min(1)).min(1).readonly().optional(),
  folder: z.string().min(1).optional(),
  state: z.enum(['paused', 'failed', 'done']).optional(),
});

export const downloadChangeSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['pause', 'resume', 'retry', 'clear']) }),
  z.strictObject({ action: z.literal('cancel'), keepParts: z.boolean().optional() }),
  z.strictObject({
    action: z.literal('move'),
    to: z.union([z.enum(['front', 'back']), z.strictObject({ before: z.string().min(1) })]),
  }),
]);
