import { SwapmeetError } from '../../../domain/errors.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { errnoOf } from '../../../storage/errno.ts';

/** A failed system call on a path that others named: `bad-path` where the disk does not take the name, else as `diskFailure`. */
export function pathFailure(error: unknown, path: string): unknown {
  if (errnoOf(error) !== 'ENAMETOOLONG') return diskFailure(error, path);
  const sentence = 'the file’s name is too long for this disk: choose a folder on another one';
  return new SwapmeetError('bad-path', sentence, { cause: error });
}
