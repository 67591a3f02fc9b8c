import { HEADER_BYTES } from '../../../protocol/frame.ts';
import { DATA_BYTES_MAX } from '../../../protocol/limits.ts';

/** The bytes of one DATA frame, the largest there may be: half as many cost the serving peer 15 % more processor time. */
export const FRAME_DATA_BYTES = DATA_BYTES_MAX;

/** So many frames keep their memory for the next turn. */
const SPARE_MAX = 8;

/** The memory that uploads read into: only who has a turn has any. */
export type FramePool = { take(): Buffer; release(frame: Buffer): void };

export function createFramePool(): FramePool {
  const free: Buffer[] = [];
  return {
    // Room for the header in front of the data, so that a frame is sent without a copy.
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(HEADER_BYTES + FRAME_DATA_BYTES),
    release(frame) {
      if (free.length < SPARE_MAX) free.push(frame);
    },
  };
}
