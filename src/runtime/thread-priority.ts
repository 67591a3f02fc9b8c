import { getPriority, setPriority } from 'node:os';

/** Each step leaves others four fifths of what this thread would get beside them. */
const STEPS = 5;
/** The lowest priority that there is. */
const NICENESS_MAX = 19;

let hasGivenWay = false;

/**
 * Has this thread give way to others where processors are scarce, from now on; what they leave is its own. Only Linux has a
 * priority for each thread: elsewhere it would be the whole process’s, and nothing is done.
 */
export function giveWay(): void {
  if (hasGivenWay || process.platform !== 'linux') return;
  hasGivenWay = true;
  try {
    setPriority(Math.min(NICENESS_MAX, getPriority() + STEPS));
  } catch {
    // Where a sandbox forbids it, all threads are alike.
  }
}
