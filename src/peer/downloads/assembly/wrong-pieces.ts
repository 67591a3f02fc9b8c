import { HASH_BYTES } from '../../../domain/merkle.ts';

/** What was sent of one piece in an attempt that failed: a hash and a sender for each block. */
export type Attempt = { readonly leaves: Uint8Array; readonly senders: Uint32Array };

/** Attempts that are kept of one piece. */
const ATTEMPTS_MAX = 4;

/** What was sent of pieces that turned out wrong and came from several senders, until a right copy tells who of them lied. */
export type WrongPieces = {
  add(index: number, attempt: Attempt): void;
  /** The piece is there: who sent blocks that differ from its own. What was kept of it goes. */
  resolve(index: number, rightLeaves: Uint8Array): number[];
};

export function createWrongPieces(): WrongPieces {
  const attempts = new Map<number, Attempt[]>();
  return {
    add(index, attempt) {
      attempts.set(index, [...(attempts.get(index) ?? []), attempt].slice(-ATTEMPTS_MAX));
    },
    resolve(index, rightLeaves) {
      const failed = attempts.get(index);
      if (!failed) return [];
      attempts.delete(index);

      return [...new Set(failed.flatMap((attempt) => sendersOfWrong(attempt, rightLeaves)))];
    },
  };
}

function sendersOfWrong({ leaves, senders }: Attempt, right: Uint8Array): number[] {
  return [...senders].filter((_, leaf) => {
    const [start, end] = [leaf * HASH_BYTES, (leaf + 1) * HASH_BYTES];
    return Buffer.compare(leaves.subarray(start, end), right.subarray(start, end)) !== 0;
  });
}
