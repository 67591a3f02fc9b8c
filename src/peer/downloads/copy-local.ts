import { constants } from 'node:fs';
import { copyFile, open, type FileHandle } from 'node:fs/promises';
import { toSwapmeetError } from '../../domain/errors.ts';
import { passingDiskFailure } from '../../storage/disk-failure.ts';
import { NO_BLOCK } from '../../storage/open-flags.ts';
import type { Job } from './job.ts';
import { removePart } from './preparation.ts';
import { createPart } from './target/choose.ts';

/** A step of a copy: between two it can be stopped, and its progress is seen. */
const STEP_BYTES = 4 * 1024 * 1024;

/**
 * A partial file with the whole content, made of a file that this machine has already, in its shares or of an earlier
 * download; undefined where there is none. It is cloned where the disk can, and hashed in either case: the other may have
 * changed, or change meanwhile.
 *
 * @param path that the file will get
 * @throws SwapmeetError `disk-error`, `disk-full`; the signal's reason
 */
export async function copyLocal(job: Job, path: string, signal: AbortSignal): Promise<string | undefined> {
  const { context, content, stored } = job;
  const [shared] = context.shared([content]);
  const [earlier = []] = context.store.placesOf([content]);
  const places = new Set([...(shared ? [shared.absolutePath] : []), ...earlier]);
  for (const place of places) {
    const partPath = await createPart(stored.folder, stored.name);
    // What was fetched before is not given up before there is better.
    if (stored.partPath === undefined) context.store.setPaths(stored.id, { path, partPath });
    let isRight = false;
    try {
      isRight = await isCopied(job, place, partPath, signal);
    } finally {
      if (!isRight) await removePart(partPath);
    }
    if (isRight) return partPath;
  }
  return undefined;
}

/** Whether the copy has the content. What can't be read, or is another file now, is no reason to fail. */
async function isCopied(job: Job, from: string, to: string, signal: AbortSignal): Promise<boolean> {
  const { content, context } = job;
  try {
    if (!(await isCloned(from, to))) await copyInSteps(job, from, to, signal);
    job.tell({ state: 'checking', copiedBytes: content.sizeBytes });
    const { sha1, root } = await context.hashPool.hash(to, { signal });
    return sha1 === content.sha1 && (content.root === undefined || content.root === root);
  } catch (error) {
    signal.throwIfAborted();
    if (toSwapmeetError(error).code === 'disk-full') throw error;
    return false;
  }
}

async function isCloned(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  }
}

async function copyInSteps(job: Job, from: string, to: string, signal: AbortSignal): Promise<void> {
  const source = await open(from, constants.O_RDONLY | NO_BLOCK);
  try {
    // What failed to be cloned may have left something, or have removed what was there.
    await removePart(to);
    const target = await open(to, 'wx');
    try {
      await copyBytes(job, source, target, signal);
    } catch (error) {
      throw passingDiskFailure(error, to);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyBytes(job: Job, source: FileHandle, target: FileHandle, signal: AbortSignal): Promise<void> {
  const { sizeBytes } = job.content;
  const buffer = Buffer.allocUnsafeSlow(Math.min(STEP_BYTES, sizeBytes));
  for (let offset = 0; offset < sizeBytes;) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) return;
    await target.writev([buffer.subarray(0, bytesRead)], offset);
    offset += bytesRead;
    job.tell({ state: 'copying', copiedBytes: offset });
  }
  await target.datasync();
}
