import { HEADER_BYTES } from '../../../protocol/frame.ts';
import { DATA_BYTES_MAX } from '../../../protocol/limits.ts';

/** The bytes of one DATA frame, the largest there may be: half as many cost the serving peer 15 % more processor time. */
export const FRAME_DATA_BYTES = DATA_BYTES_MAX;

/**
 * Where the data begins in its memory. The system's copying is three times slower on some processors (Zen 3) where the target lies 1
 * to 63 bytes further in its page than the source in its own. A file lies in pages from their start on, large memory 16 bytes behind one.
 */
const DATA_OFFSET_BYTES = 64;

/** So many frames keep their memory for the next turn. */
const SPARE_MAX = 8;

/** The memory that uploads read into: only who has a turn has any. */
export type FramePool = { take(): Buffer; release(frame: Buffer): void };

export function createFramePool(): FramePool {
  const free: Buffer[] = [];
  return {
    // Room for the header in front of the data, so that a frame is sent without a copy.
    take: () => free.pop() ?? allocateFrame(),
    release(frame) {
      if (free.length < SPARE_MAX) free.push(frame);
    },
  };
}

function allocateFrame(): Buffer {
  const memory = Buffer.allocUnsafeSlow(DATA_OFFSET_BYTES + FRAME_DATA_BYTES);
  return memory.subarray(DATA_OFFSET_BYTES - HEADER_BYTES);
}
