import { getPriority, setPriority } from 'node:os';

/** Each step leaves this thread four fifths of what it would get beside others. */
const STEPS = 5;
/** For what nobody waits for as one waits for an answer. */
export const FAR_STEPS = 10;
/** The lowest priority that there is. */
const NICENESS_MAX = 19;

let hasGivenWay = false;

/**
 * Has this thread give way to others where processors are scarce, from now on; what they leave is its own. Only Linux has a
 * priority for each thread: elsewhere it would be the whole process’s, and nothing is done.
 */
export function giveWay(steps = STEPS): void {
  if (hasGivenWay || process.platform !== 'linux') return;
  hasGivenWay = true;
  try {
    setPriority(Math.min(NICENESS_MAX, getPriority() + steps));
  } catch {
    // Where a sandbox forbids it, all threads are alike.
  }
}
