import { truncate } from 'node:fs/promises';
import type { Identity } from '../../transport/identity.ts';
import { createContributors, type Contributors } from './contributors.ts';
import { passingDiskFailure } from '../../storage/disk-failure.ts';
import type { Content } from './content.ts';
import { createPlan, type Plan } from './plan/plan.ts';

/** A file that is not whole yet, and what is known of it. */
export type Draft = {
  /** Where the file will be, unless somebody else puts another there. */
  path: string;
  readonly partPath: string;
  plan: Plan;
  /** Verified against the root. */
  layer: Uint8Array | undefined;
  readonly contributors: Contributors;
};

export function createDraft(known: Omit<Draft, 'contributors'>): Draft {
  return { ...known, contributors: createContributors(known.plan.verifiedBytes()) };
}

/** What a draft needs to know of its job. */
type DraftGround = {
  readonly content: Content;
  readonly context: { readonly random: () => number; readonly identity: Pick<Identity, 'key'> };
};

/** Gives up all that was fetched. @throws SwapmeetError `disk-error` */
export async function startOver(draft: Draft, { content, context }: DraftGround): Promise<void> {
  await shorten(draft.partPath, 0);
  draft.plan = createPlan(content, new Uint8Array(), context.random, context.identity.key);
  draft.contributors.startOver();
}

/** Cuts a partial file off. @throws SwapmeetError `disk-error` */
export async function shorten(partPath: string, sizeBytes: number): Promise<void> {
  try {
    await truncate(partPath, sizeBytes);
  } catch (error) {
    throw passingDiskFailure(error, partPath);
  }
}
