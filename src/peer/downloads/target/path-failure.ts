import { SwapmeetError } from '../../../domain/errors.ts';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import { errnoOf } from '../../../storage/errno.ts';

/** What systems say of a name that their disk does not take; which of the last two depends on the file system. */
const NAME_FAULTS: ReadonlyMap<string | undefined, string> = new Map([
  ['ENAMETOOLONG', 'is too long for this disk'],
  ['EILSEQ', 'has characters that this disk does not take'],
  ['EINVAL', 'has characters that this disk does not take'],
]);

/** A failed system call on a path that others named: `bad-path` where the disk does not take the name, else as `passingDiskFailure`. */
export function pathFailure(error: unknown, path: string): unknown {
  const fault = NAME_FAULTS.get(errnoOf(error));
  if (fault === undefined) return passingDiskFailure(error, path);
  return new SwapmeetError('bad-path', `the file’s name ${fault}: choose a folder on another one`, { cause: error });
}
