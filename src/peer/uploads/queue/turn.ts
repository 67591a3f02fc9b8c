import type { FramePool } from './frame-pool.ts';

/** The right to read and send some bytes. */
export type Turn = {
  /** How many may be read at once. */
  readonly bytes: number;
  /**
   * Goes on without waiting, unless others wait and the turn is used up: how many bytes may be read next. 0 where the turn has
   * to end.
   */
  extend(wantedBytes: number): number;
  /** Memory to read to, the turn's own until it ends. Asked for again, it is that of the read before the last. */
  nextMemory(): Buffer;
  /** How many bytes the next DATA frame may have, now that the reader has taken the one before. */
  frameBytes(): number;
  /** May be called again. */
  end(): void;
};

/** Two pieces of memory in turn: one is being read to while the other is being sent. */
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
