import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwapmeetError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../storage/errno.ts';
import type { Place } from '../place.ts';
import { rulesOfFolder, type Rules } from './patterns.ts';

/** In any folder of a share: what is to be left out of what lies below, in the syntax of gitignore. */
export const RULES_FILE = '.swapmeetignore';

const FILE_BYTES_MAX = 65_536;

/**
 * The rules that a folder has of its own; undefined where it has none.
 *
 * @throws SwapmeetError `bad-argument`, `disk-error` where it has some that can't be understood or read
 */
export async function readFolderRules({ disk, path }: Place): Promise<Rules | undefined> {
  const text = await readRules(join(disk, RULES_FILE));
  return text === undefined ? undefined : rulesOfFolder(text, path);
}

async function readRules(file: string): Promise<string | undefined> {
  try {
    const stats = await lstat(file);
    // Opening what is no file may never return.
    if (!stats.isFile()) throw new SwapmeetError('bad-argument', `${file} is not a regular file`);
    if (stats.size > FILE_BYTES_MAX) {
      throw new SwapmeetError('bad-argument', `${file} has more than ${FILE_BYTES_MAX} bytes`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof SwapmeetError) throw error;
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw new SwapmeetError('disk-error', `${file} can't be read`, { cause: error });
  }
}
