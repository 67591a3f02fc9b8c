import { copyLocal } from './copy-local.ts';
import type { Draft } from './draft.ts';
import { fetchContent } from './fetch-content.ts';
import { awaitUsableSource } from './sources/usable-source.ts';
import type { Job } from './job.ts';
import { prepare, removePart, takeTarget } from './preparation.ts';
import { placeFile } from './target/place.ts';

/** Where a download has got to on disk. */
export type Ground = {
  /** Where the file will be, or is. */
  path: string;
  partPath: string | undefined;
  /** From when the disk was looked at. */
  draft: Draft | undefined;
};

/**
 * Gets the file of a job under its name. After a failure it may be called again: a draft is gone on with, without one the
 * disk is looked at anew.
 *
 * @throws SwapmeetError as its steps do; the signal's reason
 */
export async function carryOut(job: Job, ground: Ground, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  ground.draft ??= (await isHere(job, ground, signal)) ? undefined : await survey(job, ground, signal);
  if (!ground.draft) return;
  await fetchContent(job, ground.draft, signal);
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

/**
 * Looks at what there is, once there is a source; what was fetched before is looked at in any case, since others may wait for
 * it. Undefined when the file is there.
 */
async function survey(job: Job, ground: Ground, signal: AbortSignal): Promise<Draft | undefined> {
  if (job.stored.verifiedBytes === 0 && job.content.sizeBytes > 0) await awaitUsableSource(job, signal);
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
