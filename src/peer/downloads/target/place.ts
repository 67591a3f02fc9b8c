import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../../storage/errno.ts';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import { lookAt } from './choose.ts';

/**
 * Gives a whole file its name, atomically and without ever replacing another. False where the name is taken meanwhile.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`
 */
export async function placeFile(partPath: string, path: string): Promise<boolean> {
  try {
    if (!(await linkOrRename(partPath, path))) return false;
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    throw passingDiskFailure(error, path);
  }
}

async function linkOrRename(partPath: string, path: string): Promise<boolean> {
  try {
    await link(partPath, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    // Not all disks have hard links, the only way that can't replace a file that appears this very moment.
    if (await lookAt(path)) return false;
    await rename(partPath, path);
    return true;
  }
  await unlink(partPath);
  return true;
}

/** Makes the new name outlive a power cut, where the system lets a folder be synced (Windows does not). */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The name is there; only a power cut in the next seconds could lose it, and then it is fetched again.
  }
}
