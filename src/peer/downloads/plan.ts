import { pieceCount, pieceRange } from '../../domain/pieces.ts';
import type { Content } from './content.ts';

/**
 * Which pieces of a content are verified, and which of the others somebody is fetching. Any number of connections may
 * claim from one plan: no piece is claimed twice, and none that is verified.
 */
export type Plan = {
  /** The first piece that is neither verified nor claimed: now it is claimed. */
  claim(): number | undefined;
  /** Claims the piece if it can be claimed. */
  tryClaim(index: number): boolean;
  /** The piece is on disk and what its hash says. */
  verify(index: number): void;
  /** Gives up a claim, if there is one: the piece has to be fetched again. */
  release(index: number): void;
  /** So many bytes from the start of the file are verified without a gap. */
  prefixBytes(): number;
  verifiedBytes(): number;
  isComplete(): boolean;
};

/** A byte a piece: a content may have a million of them. */
const PIECE = { missing: 0, claimed: 1, verified: 2 } as const;

/** @param bitfield of the pieces that are verified already, piece 0 being the high bit of byte 0 [BEP 3] */
export function createPlan({ sizeBytes, pieceBytes }: Content, bitfield: Uint8Array): Plan {
  const count = pieceCount(sizeBytes, pieceBytes);
  const states = Uint8Array.from({ length: count }, (_, index) =>
    hasBit(bitfield, index) ? PIECE.verified : PIECE.missing,
  );
  let verifiedBytes = 0;
  // No piece below is missing, and none below is unverified.
  let firstMissing = 0;
  let prefix = 0;
  for (const [index, state] of states.entries()) if (state === PIECE.verified) verifiedBytes += lengthOf(index);
  movePrefix();

  function lengthOf(index: number): number {
    return pieceRange(index, sizeBytes, pieceBytes).length;
  }

  function movePrefix(): void {
    while (states[prefix] === PIECE.verified) prefix += 1;
  }

  function tryClaim(index: number): boolean {
    if (states[index] !== PIECE.missing) return false;
    states[index] = PIECE.claimed;
    return true;
  }

  return {
    tryClaim,
    claim() {
      while (firstMissing < count && states[firstMissing] !== PIECE.missing) firstMissing += 1;
      return tryClaim(firstMissing) ? firstMissing : undefined;
    },
    verify(index) {
      if (states[index] === PIECE.verified) return;
      states[index] = PIECE.verified;
      verifiedBytes += lengthOf(index);
      movePrefix();
    },
    release(index) {
      if (states[index] !== PIECE.claimed) return;
      states[index] = PIECE.missing;
      firstMissing = Math.min(firstMissing, index);
    },
    prefixBytes: () => Math.min(prefix * pieceBytes, sizeBytes),
    verifiedBytes: () => verifiedBytes,
    isComplete: () => prefix === count,
  };
}

function hasBit(bitfield: Uint8Array, index: number): boolean {
  return ((bitfield[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}
