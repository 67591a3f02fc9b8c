import { SwapmeetError } from '../domain/errors.ts';
import { errnoOf } from './errno.ts';

/** The codes that say that there is no room; EDQUOT is a quota. */
const FULL_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** A failed system call or SQLite statement as `disk-full` or `disk-error`; any other error as it is. */
export function diskFailure(error: unknown, path: string): unknown {
  return failureOf(error, path, 'then try again');
}

/** The same of work that waits for room and goes on when there is some, whether or not anybody looks. */
export function passingDiskFailure(error: unknown, path: string): unknown {
  return failureOf(error, path, 'and it goes on by itself');
}

function failureOf(error: unknown, path: string, outlook: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (isFull(error)) {
    return new SwapmeetError('disk-full', `there is no room for ${path}: make some, ${outlook}`, { cause: error });
  }
  return new SwapmeetError(
    'disk-error',
    `${path} can’t be written or read (${code}): look at its folder, permissions and disk`,
    { cause: error },
  );
}

/** Whether there was no room for what failed. */
export function isFull(error: unknown): boolean {
  return FULL_CODES.has(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  return errnoOf(error) ?? sqliteCodeOf(error);
}

function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}
