import * as z from 'zod';
import { countSchema, bytesSchema, problemSchema, rootSchema, sha1Schema } from './schemas.ts';

/** What travels of verifying in the local API, as `PeerControl` has it. */

export const verifyRequestSchema = z.strictObject({
  names: z.array(z.string().min(1)).readonly().default([]),
  repair: z.boolean().optional(),
  known: z.boolean().optional(),
});

export const damageSchema = z.object({
  path: z.string(),
  sizeBytes: bytesSchema,
  sha1: sha1Schema,
  root: rootSchema.optional(),
  pieceBytes: bytesSchema,
  badPieces: z.array(z.object({ first: countSchema, last: countSchema })).readonly(),
  badBytes: bytesSchema,
  goodMs: z.number().optional(),
  foundMs: z.number(),
});

const COUNTS = {
  filesDone: countSchema,
  filesEarlier: countSchema,
  filesTotal: countSchema,
  bytesDone: bytesSchema,
  bytesEarlier: bytesSchema,
  bytesTotal: bytesSchema,
  damaged: countSchema,
  repaired: countSchema,
  unreadable: countSchema,
};

export const verifyReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['progress', 'end']), ...COUNTS }),
  damageSchema.extend({ kind: z.literal('damaged') }),
  z.object({ kind: z.literal('healed'), path: z.string() }),
  z.object({ kind: z.literal('repaired'), path: z.string(), fetchedBytes: bytesSchema }),
  z.object({ kind: z.enum(['unreadable', 'not-repaired']), path: z.string(), error: problemSchema }),
]);
