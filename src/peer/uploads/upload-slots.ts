import { SwapmeetError } from '../../domain/errors.ts';
import { HEADER_BYTES } from '../../protocol/frame.ts';
import { DATA_BYTES_MAX } from '../../protocol/limits.ts';

/** So many ranges are read and sent at once, by all connections together. */
const UPLOADS_MAX = 32;

/** So many slots keep their memory for the next upload. */
const SPARE_MAX = 4;

/** The bytes of one DATA frame, the largest there may be: half as many cost the serving peer 15 % more processor time. */
export const FRAME_DATA_BYTES = DATA_BYTES_MAX;

/** What an upload reads into while it is under way: two frames, one being sent while the other is being read. */
export type UploadSlot = {
  readonly frames: readonly [Buffer, Buffer];
  release(): void;
};

/** Bounds the uploads of all connections, and with them the memory that they use. */
export type UploadSlots = {
  /** @throws SwapmeetError `busy` */
  take(): UploadSlot;
  /** How many are taken now. */
  active(): number;
};

export function createUploadSlots(uploadsMax = UPLOADS_MAX): UploadSlots {
  const free: UploadSlot['frames'][] = [];
  let active = 0;

  return {
    active: () => active,
    take() {
      if (active >= uploadsMax) throw new SwapmeetError('busy', 'too many uploads at once: try again in some seconds');
      active += 1;
      const frames = free.pop() ?? [newFrame(), newFrame()];
      return {
        frames,
        release() {
          active -= 1;
          if (free.length < SPARE_MAX) free.push(frames);
        },
      };
    },
  };
}

/** Room for the header in front of the data, so that a frame is sent without a copy. */
function newFrame(): Buffer {
  return Buffer.allocUnsafeSlow(HEADER_BYTES + FRAME_DATA_BYTES);
}
