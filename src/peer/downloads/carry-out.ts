import { SwapmeetError } from '../../domain/errors.ts';
import { copyLocal } from './copy-local.ts';
import type { Draft } from './draft.ts';
import { fetchContent } from './fetch-content.ts';
import { createOffer, type Offer } from './offer.ts';
import { awaitUsableSource } from './sources/usable-source.ts';
import type { Job } from './job.ts';
import { prepare, removePart, takeTarget } from './preparation.ts';
import { lookAt } from './target/choose.ts';
import { placeFile } from './target/place.ts';

/** Where a download has got to on disk. */
export type Ground = {
  /** Where the file will be, or is. */
  path: string;
  partPath: string | undefined;
  /** From when the disk was looked at. */
  draft: Draft | undefined;
  /** What others get of the draft. */
  offer: Offer | undefined;
};

/**
 * Gets the file of a job under its name. After a failure it may be called again: a draft is gone on with, without one the
 * disk is looked at anew.
 *
 * @throws SwapmeetError as its steps do; the signal's reason
 */
export async function carryOut(job: Job, ground: Ground, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  ground.draft ??= (await isHere(job, ground, signal)) ? undefined : await findDraft(job, ground, signal);
  if (!ground.draft) return;
  ground.offer ??= createOffer(job, ground.draft);
  await fetchContent(job, ground.draft, ground.offer, signal);
  ground.path = await placePart(job, ground.draft, signal);
}

/** Whether the file is there, or this machine had another one of the content. */
async function isHere(job: Job, ground: Ground, signal: AbortSignal): Promise<boolean> {
  job.tell({ state: 'checking' });
  const target = await takeTarget(job, signal);
  ground.path = target.path;
  if (!target.isPresent) {
    const partPath = await copyLocal(job, target.path, signal);
    if (partPath === undefined) return false;
    ground.path = await placePart(job, { partPath, path: target.path }, signal);
  }
  await removePart(ground.partPath);
  return true;
}

/** What it had when it was last at work, or what the disk has. Undefined when the file is there. */
async function findDraft(job: Job, ground: Ground, signal: AbortSignal): Promise<Draft | undefined> {
  const rest = await job.context.resting.take(job.stored.id);
  if (!rest) return survey(job, ground, signal);
  const { draft, offer } = rest;
  draft.path = ground.path;
  ground.offer = offer;
  ground.partPath = draft.partPath;
  return draft;
}

/**
 * Looks at what there is, once there is a source; what was fetched before is looked at in any case, since others may wait for
 * it. Undefined when the file is there.
 */
async function survey(job: Job, ground: Ground, signal: AbortSignal): Promise<Draft | undefined> {
  if (ground.partPath === undefined && job.content.sizeBytes > 0) await awaitUsableSource(job, signal);
  job.tell({ state: 'checking' });
  const found = await prepare(job, ground.partPath, signal);
  if ('presentAt' in found) {
    ground.path = found.presentAt;
    return undefined;
  }
  ground.path = found.path;
  ground.partPath = found.partPath;
  return found;
}

/** Returns the name that the file got. */
async function placePart(
  job: Job,
  { path, partPath }: Pick<Draft, 'path' | 'partPath'>,
  signal: AbortSignal,
): Promise<string> {
  await assertWhole(job, partPath);
  while (!(await placeFile(partPath, path))) {
    const target = await takeTarget(job, signal);
    if (target.isPresent) {
      await removePart(partPath);
      return target.path;
    }
    path = target.path;
  }
  return path;
}

/** Somebody may have put something else where the partial file was. @throws SwapmeetError `disk-error` */
async function assertWhole({ content }: Job, partPath: string): Promise<void> {
  const stat = await lookAt(partPath);
  if (stat?.isFile() && stat.size === BigInt(content.sizeBytes)) return;
  throw new SwapmeetError('disk-error', `${partPath} was removed or replaced while it was being downloaded`);
}
