import { getPriority, setPriority } from 'node:os';

/** How far threads give way that others need not wait for: each step leaves them four fifths of what they got beside others. */
export const NICENESS = { publishing: 5, matching: 10 } as const;

/** The lowest priority that there is. */
const NICENESS_MAX = 19;

/**
 * Has this thread give way to others where processors are scarce; what they leave is its own. Only Linux has a priority for each
 * thread: elsewhere it would be the whole process’s, and nothing is done.
 */
export function giveWay(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(NICENESS_MAX, getPriority() + niceness));
  } catch {
    // Where a sandbox forbids it, all threads are alike.
  }
}
