import { collectGarbage, collectYoungGarbage } from '../../../runtime/collect-garbage.ts';
import { takeUncounted } from '../../segment/memory.ts';

/** So much memory that V8 doesn't count may wait to be freed. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
/** What is old is collected each so many times that what is young is: some of it gets old before it is let go. */
const YOUNG_TIMES_MAX = 8;

let takenBytes = 0;
let letGoBytes = 0;
let youngTimes = 0;

/**
 * Frees memory that V8 doesn't count, once much of it may have been let go. For the end of a call, when nothing of it is held any more:
 * what a short call took is young.
 */
export function collectUncounted(): void {
  const noted = takeUncounted();
  takenBytes += noted.takenBytes;
  letGoBytes += noted.letGoBytes;
  if (takenBytes + letGoBytes < WAITING_BYTES_MAX) return;
  if (letGoBytes < WAITING_BYTES_MAX / 2 && youngTimes < YOUNG_TIMES_MAX) {
    collectYoungGarbage();
    takenBytes = 0;
    youngTimes += 1;
    return;
  }
  collectGarbage();
  [takenBytes, letGoBytes, youngTimes] = [0, 0, 0];
}
