import { constants } from 'node:fs';

/** How to open what somebody may have put something else in the place of. Windows has neither flag. */

/** Fails with ELOOP where a link is in the file's place. */
export const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** A FIFO must not block the thread before it is seen not to be a file. */
export const NO_BLOCK = (constants.O_NONBLOCK as number | undefined) ?? 0;
