import { constants, type BigIntStats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../storage/errno.ts';
import type { HashPool } from '../../shares/hashing/hash-pool.ts';
import type { Content } from '../content.ts';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import { numberedName, partName } from './names.ts';
import { pathFailure } from './path-failure.ts';

/** So many files of other contents may have the same name. */
const NUMBER_MAX = 10_000;

export type TargetWish = {
  /** Absolute; it exists. */
  readonly folder: string;
  readonly name: string;
  readonly content: Content;
};

/** Where a file belongs: a name that nothing has, or that of a file that has the content already. */
export type Target = { readonly path: string; readonly isPresent: boolean };

/**
 * The first of `name.ext`, `name (2).ext` … that is free or has the content.
 *
 * @param isTaken whether another download will put its file there
 * @throws SwapmeetError `bad-path` where the disk does not take the name, `name-conflict`, `disk-error`
 */
export async function chooseTarget(
  { folder, name, content }: TargetWish,
  hashPool: Pick<HashPool, 'hash'>,
  isTaken: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Target> {
  for (let number = 1; number <= NUMBER_MAX; number += 1) {
    const path = join(folder, numberedName(name, number));
    if (isTaken(path)) continue;
    const stat = await lookAt(path);
    if (!stat) return { path, isPresent: false };
    if (await hasContent(path, stat, content, hashPool, signal)) return { path, isPresent: true };
  }
  throw new SwapmeetError('name-conflict', `${folder} has too many files named ${name}: choose another folder`);
}

/** What is there, itself and not what a link leads to; undefined where nothing is. @throws SwapmeetError `bad-path`, `disk-error` */
export async function lookAt(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw pathFailure(error, path);
  }
}

async function hasContent(
  path: string,
  stat: BigIntStats,
  content: Content,
  hashPool: Pick<HashPool, 'hash'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (!stat.isFile() || stat.size !== BigInt(content.sizeBytes)) return false;
  try {
    const { sha1, root } = await hashPool.hash(path, { signal });
    return sha1 === content.sha1 && (content.root === undefined || content.root === root);
  } catch (error) {
    signal.throwIfAborted();
    // What can't be read, or is being written, is not taken for the content; it is not touched either.
    if (toSwapmeetError(error).code === 'shutting-down') throw error;
    return false;
  }
}

/**
 * Makes an empty file for a content under way, under a name that nothing had, and returns its path. That it is made anew
 * means that it is no link to elsewhere, and nobody else's.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`, `name-conflict`
 */
export async function createPart(folder: string, name: string): Promise<string> {
  for (let number = 1; number <= NUMBER_MAX; number += 1) {
    const path = join(folder, numberedName(partName(name), number));
    try {
      const handle = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
      await handle.close();
      return path;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw passingDiskFailure(error, path);
    }
  }
  throw new SwapmeetError('name-conflict', `${folder} has too many unfinished files named ${name}: remove some`);
}
