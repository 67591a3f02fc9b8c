import { createHashPool } from '../../src/peer/shares/hashing/hash-pool.ts';

/** One for all tests of a process: its threads take longer to start than most tests. They keep no process going. */
export const hashPool = createHashPool({ threads: 2 });
