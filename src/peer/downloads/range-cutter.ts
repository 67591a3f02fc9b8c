import { pieceRange } from '../../domain/pieces.ts';
import type { Content } from './content.ts';
import type { Plan } from './plan.ts';

/** Bytes from `offset` on, in the file. */
export type ByteRange = { readonly offset: number; readonly length: number };

/** What one connection is to ask for: pieces that it claims from the plan, cut into ranges of a suitable size. */
export type RangeCutter = {
  /**
   * The next range, of at most `lengthMax` bytes (a multiple of 16 KiB). A piece may take several ranges, which come in
   * order; a range may cover several pieces. Undefined when there is nothing to claim now.
   */
  next(lengthMax: number): ByteRange | undefined;
  /** Gives up all claims of this connection whose pieces did not get verified. */
  releaseAll(): void;
};

export function createRangeCutter({ sizeBytes, pieceBytes }: Content, plan: Plan): RangeCutter {
  const claimed = new Set<number>();
  // Claimed, but not given out yet.
  let start = 0;
  let end = 0;

  function addClaim(index: number): number {
    claimed.add(index);
    const { offset, length } = pieceRange(index, sizeBytes, pieceBytes);
    end = offset + length;
    return offset;
  }

  function extend(lengthMax: number): void {
    while (end - start < lengthMax && end < sizeBytes && plan.tryClaim(end / pieceBytes)) addClaim(end / pieceBytes);
  }

  return {
    next(lengthMax) {
      if (start === end) {
        const index = plan.claim();
        if (index === undefined) return undefined;
        start = addClaim(index);
      }
      extend(lengthMax);
      const range = { offset: start, length: Math.min(lengthMax, end - start) };
      start += range.length;
      return range;
    },
    releaseAll() {
      // Has no effect on what is verified by now.
      for (const index of claimed) plan.release(index);
      claimed.clear();
      end = start;
    },
  };
}
