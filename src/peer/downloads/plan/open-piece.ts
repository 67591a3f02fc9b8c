/** The state of one block, in a byte: no claim, so many claims, or it has come. */
const FREE = 0;
const RECEIVED = 255;
const CLAIMS_MAX = 254;

/** A piece of which some blocks are claimed or have come. */
export type OpenPiece = {
  /** Who was the first to claim in it, while that source is there: others leave it the rest if there is anything else to do. */
  owner: number | undefined;
  isFree(block: number): boolean;
  isReceived(block: number): boolean;
  claims(block: number): number;
  claim(block: number): void;
  unclaim(block: number): void;
  receive(block: number): void;
  firstFree(): number | undefined;
  /** Whether nothing of it is claimed or has come. */
  isUntouched(): boolean;
};

/** @param count of its blocks */
export function createOpenPiece(count: number, owner: number | undefined): OpenPiece {
  const blocks = new Uint8Array(count);
  let freeCount = count;

  function set(block: number, state: number): void {
    if (blocks[block] === FREE) freeCount -= 1;
    if (state === FREE) freeCount += 1;
    blocks[block] = state;
  }

  function claims(block: number): number {
    const state = blocks[block] ?? FREE;
    return state === RECEIVED ? 0 : state;
  }

  return {
    owner,
    claims,
    isFree: (block) => blocks[block] === FREE,
    isReceived: (block) => blocks[block] === RECEIVED,
    claim(block) {
      if (blocks[block] !== RECEIVED) set(block, Math.min(claims(block) + 1, CLAIMS_MAX));
    },
    unclaim(block) {
      if (claims(block) > 0) set(block, claims(block) - 1);
    },
    receive(block) {
      set(block, RECEIVED);
    },
    firstFree: () => (freeCount === 0 ? undefined : blocks.indexOf(FREE)),
    isUntouched: () => freeCount === count,
  };
}
