/** The code of a failed system call, such as `ENOENT`; undefined for every other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Failures that say that this process or system is short of something, and nothing of the file. */
const SHORTAGES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR']);

/** Whether a system call failed for want of something that may be there again soon, such as file descriptors. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(errnoOf(error) ?? '');
}

/** Throws an error again, unless it says that a file or folder is not to be had: gone, forbidden or on a disk that fails. */
export function throwUnlessOutOfReach(error: unknown): void {
  if (errnoOf(error) === undefined || isShortage(error)) throw error;
}
