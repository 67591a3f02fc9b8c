import fc from 'fast-check';
import { pieceCount } from '../../src/domain/pieces.ts';
import type { ByteRange } from '../../src/peer/downloads/byte-range.ts';
import type { Content } from '../../src/peer/downloads/content.ts';

export const PIECE_BYTES = 65_536;
export const BLOCK_BYTES = 16_384;
export const BLOCKS_A_PIECE = PIECE_BYTES / BLOCK_BYTES;

export function contentOf(sizeBytes: number): Content {
  return { sha1: '', sizeBytes, pieceBytes: PIECE_BYTES };
}

export function blocksOf({ offset, length }: ByteRange): number[] {
  const first = offset / BLOCK_BYTES;
  return Array.from({ length: Math.ceil((offset + length) / BLOCK_BYTES) - first }, (_, at) => first + at);
}

export function piecesOf(range: ByteRange): number[] {
  return [...new Set(blocksOf(range).map((block) => Math.floor(block / BLOCKS_A_PIECE)))];
}

/** A content of up to 40 pieces, and which of them are verified from before. */
export const starts = fc.nat(40 * PIECE_BYTES).chain((sizeBytes) =>
  fc.record({
    content: fc.constant(contentOf(sizeBytes)),
    bitfield: fc.uint8Array({ maxLength: Math.ceil(pieceCount(sizeBytes, PIECE_BYTES) / 8) }),
  }),
);
