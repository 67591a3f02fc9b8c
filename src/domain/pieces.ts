/** The leaf of the Merkle tree and the unit of a request, in bytes [BEP 52]. */
export const BLOCK_BYTES = 16_384;

/** Bounds of the piece size: below, piece hashes cost more than they save; above, one bad piece costs too much. */
export const PIECE_BYTES_MIN = 65_536;
export const PIECE_BYTES_MAX = 16_777_216;

/** So many pieces keep the hashes of one file at 64 KiB, until PIECE_BYTES_MAX stops the growth (above 32 GiB). */
const PIECES_WANTED_MAX = 2048;

/**
 * The piece size of a file, in bytes: a fixed rule, so that nobody has to be told it. It is the smallest power of two
 * from PIECE_BYTES_MIN that gives at most 2048 pieces, and at most PIECE_BYTES_MAX [PROTOCOL §7.3].
 */
export function pieceBytesFor(sizeBytes: number): number {
  let pieceBytes = PIECE_BYTES_MIN;
  while (pieceBytes < PIECE_BYTES_MAX && sizeBytes / pieceBytes > PIECES_WANTED_MAX) pieceBytes *= 2;
  return pieceBytes;
}

/** How many pieces a file of so many bytes has; an empty file has none. */
export function pieceCount(sizeBytes: number, pieceBytes: number): number {
  return Math.ceil(sizeBytes / pieceBytes);
}

/** Where piece `index` (from 0) lies in its file, in bytes; the last piece may be short. Throws a RangeError beyond it. */
export function pieceRange(index: number, sizeBytes: number, pieceBytes: number): { offset: number; length: number } {
  if (!Number.isInteger(index) || index < 0 || index >= pieceCount(sizeBytes, pieceBytes)) {
    throw new RangeError(`piece ${index} is not one of the ${pieceCount(sizeBytes, pieceBytes)} pieces of the file`);
  }
  const offset = index * pieceBytes;
  return { offset, length: Math.min(pieceBytes, sizeBytes - offset) };
}

/**
 * How many leaves the tree over one piece has. In a file of more than one piece every piece counts as full; a file
 * that fits into one is a tree just wide enough for its blocks, whose top is the root [BEP 52].
 */
export function pieceLeafCount(sizeBytes: number, pieceBytes: number): number {
  return widthFor(Math.ceil(Math.min(sizeBytes, pieceBytes) / BLOCK_BYTES));
}

/** The smallest power of two that holds `count` nodes: the width of a layer of a complete binary tree. */
export function widthFor(count: number): number {
  let width = 1;
  while (width < count) width *= 2;
  return width;
}
