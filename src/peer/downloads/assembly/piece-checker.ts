import { createPieceHasher, HASH_BYTES, type PieceHasher } from '../../../domain/merkle.ts';
import { pieceLeafCount, pieceRange } from '../../../domain/pieces.ts';
import type { Content } from '../content.ts';
import type { PieceVerdict } from './operations.ts';

/** Hashes the pieces of one content while their bytes arrive, and compares them with its layer. */
export type PieceChecker = {
  /**
   * Takes bytes that lie at `offset` in the file, and tells of the pieces that they complete. The bytes of one piece come in
   * order, in parts of multiples of 16 KiB; its first byte begins it anew, so that it can be fetched again.
   */
  take(offset: number, bytes: Uint8Array): PieceVerdict[];
};

type OpenPiece = { readonly hasher: PieceHasher; nextOffset: number };

/** @param layer 32 bytes a piece; without it every piece counts as good */
export function createPieceChecker(content: Content, layer: Uint8Array | undefined): PieceChecker {
  const { sizeBytes, pieceBytes } = content;
  const leafCount = pieceLeafCount(sizeBytes, pieceBytes);
  const open = new Map<number, OpenPiece>();

  function hash(index: number, start: number, offset: number, bytes: Uint8Array): OpenPiece {
    if (offset === start) open.set(index, { hasher: createPieceHasher(leafCount), nextOffset: start });
    const piece = open.get(index);
    if (piece?.nextOffset !== offset) throw new RangeError(`the bytes of piece ${index} do not come in order`);
    piece.hasher.update(bytes);
    piece.nextOffset += bytes.length;
    return piece;
  }

  function isRight(index: number, { hasher }: OpenPiece, expected: Uint8Array): boolean {
    return Buffer.compare(hasher.digest(), expected.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)) === 0;
  }

  /** The verdict on piece `index`, of which these are the next bytes, if they are its last. */
  function takePart(index: number, offset: number, bytes: Uint8Array): PieceVerdict | undefined {
    const { offset: start, length } = pieceRange(index, sizeBytes, pieceBytes);
    const isLast = offset + bytes.length === start + length;
    if (layer === undefined) return isLast ? { index, isGood: true } : undefined;
    const piece = hash(index, start, offset, bytes);
    if (!isLast) return undefined;
    open.delete(index);
    return { index, isGood: isRight(index, piece, layer) };
  }

  return {
    take(offset, bytes) {
      const verdicts: PieceVerdict[] = [];
      for (let taken = 0; taken < bytes.length;) {
        const index = Math.floor((offset + taken) / pieceBytes);
        const part = bytes.subarray(taken, (index + 1) * pieceBytes - offset);
        const verdict = takePart(index, offset + taken, part);
        if (verdict) verdicts.push(verdict);
        taken += part.length;
      }
      return verdicts;
    },
  };
}
