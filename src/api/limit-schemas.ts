import * as z from 'zod';

/** What travels of limits, friends and uploads in the local API, as `PeerControl` has it. */

/** Bytes a second; null for no limit. */
const rateSchema = z.int().min(0).nullable();

const RATE_FIELDS = { up: rateSchema, down: rateSchema, upEach: rateSchema, downEach: rateSchema };
const LIMIT_FIELDS = { ...RATE_FIELDS, slots: z.int().min(0), schedule: z.array(z.string()).readonly() };

/** `now` is what holds now, by the schedule. */
export const limitsSchema = z.object({ ...LIMIT_FIELDS, now: z.object(RATE_FIELDS) });

/** What is left out stays as it is. */
export const limitChangesSchema = z.strictObject({
  up: rateSchema.exactOptional(),
  down: rateSchema.exactOptional(),
  upEach: rateSchema.exactOptional(),
  downEach: rateSchema.exactOptional(),
  slots: LIMIT_FIELDS.slots.exactOptional(),
  schedule: LIMIT_FIELDS.schedule.exactOptional(),
});

export const queuedSchema = z.object({ position: z.int().min(1), estimateS: z.int().min(0).optional() });

export const uploadSchema = z.object({
  username: z.string(),
  name: z.string(),
  sha1: z.string(),
  root: z.string().optional(),
  sizeBytes: z.int().min(0),
  sentBytes: z.int().min(0),
  bytesPerSecond: z.number().min(0),
  isFriend: z.boolean(),
  queued: queuedSchema.optional(),
});

/** All of them change, or none. What a username is, `checkUsername` says. */
export const friendsChangeSchema = z.strictObject({
  usernames: z.array(z.string()).min(1).readonly(),
  friend: z.boolean(),
});
