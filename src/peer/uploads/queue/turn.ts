import type { FramePool } from './frame-pool.ts';

/** The right to read and send some bytes. */
export type Turn = {
  /** How many, in one frame. */
  readonly bytes: number;
  /**
   * Goes on without waiting, unless others wait and the turn is used up: how many bytes the next frame may have. 0 where the
   * turn has to end.
   */
  extend(wantedBytes: number): number;
  /** Memory for a frame, the turn's own until it ends. Asked for again, it is the one of the frame before the last. */
  nextFrame(): Buffer;
  /** May be called again. */
  end(): void;
};

/** Two frames in turn: one is being read while the other is being sent. */
export function createTurnFrames(pool: FramePool): { readonly next: () => Buffer; readonly release: () => void } {
  const frames: Buffer[] = [];
  let taken = 0;
  return {
    next() {
      const frame = frames[taken % 2] ?? pool.take();
      frames[taken % 2] = frame;
      taken += 1;
      return frame;
    },
    release() {
      for (const frame of frames.splice(0)) pool.release(frame);
    },
  };
}
