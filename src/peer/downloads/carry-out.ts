import type { Draft } from './draft.ts';
import { fetchContent } from './fetch-content.ts';
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
  const draft = ground.draft ?? (await survey(job, ground, signal));
  if (!draft) return;
  await fetchContent(job, draft, signal);
  ground.path = await placeDraft(job, draft, signal);
}

/** Looks at the disk. Undefined when the file is there. */
async function survey(job: Job, ground: Ground, signal: AbortSignal): Promise<Draft | undefined> {
  job.tell({ state: 'checking' });
  const found = await prepare(job, ground.partPath, signal);
  if ('presentAt' in found) {
    ground.path = found.presentAt;
    return undefined;
  }
  ground.path = found.path;
  ground.partPath = found.partPath;
  ground.draft = found;
  return found;
}

/** Returns the name that the file got. */
async function placeDraft(job: Job, { path, partPath }: Draft, signal: AbortSignal): Promise<string> {
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
