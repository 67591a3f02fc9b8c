import { collectGarbage } from '../../../storage/collect-garbage.ts';
import { takeUncounted } from '../../segment/memory.ts';

/** So much memory that V8 doesn't count may wait to be freed. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;

let waitingBytes = 0;

/** Collects garbage once much may have been let go. For the end of a call, when nothing of it is held any more. */
export function collectUncounted(): void {
  waitingBytes += takeUncounted();
  if (waitingBytes < WAITING_BYTES_MAX) return;
  waitingBytes = 0;
  collectGarbage();
}
