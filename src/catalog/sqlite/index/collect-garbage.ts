import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { takeUncounted } from '../../segment/memory.ts';

/** So much memory that V8 doesn't count may wait to be freed. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;

let collect: (() => void) | undefined;
let waitingBytes = 0;

/**
 * Frees at once what this thread has let go. V8 does so when a thread goes on making garbage; one that has merged millions of
 * entries and then rests would keep hundreds of megabytes of columns that nobody needs.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

/** The same once much may have been let go. For the end of a call, when nothing of it is held any more. */
export function collectUncounted(): void {
  waitingBytes += takeUncounted();
  if (waitingBytes < WAITING_BYTES_MAX) return;
  waitingBytes = 0;
  collectGarbage();
}
