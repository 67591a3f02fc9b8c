import { hasBit, setBit } from '../../../domain/bitfield.ts';
import { createPieceHasher, HASH_BYTES, type PieceHasher } from '../../../domain/merkle.ts';
import { BLOCK_BYTES, pieceLeafCount, pieceRange } from '../../../domain/pieces.ts';
import { addRange, type ByteRange } from '../byte-range.ts';
import type { Content } from '../content.ts';
import { createWrongPieces } from './wrong-pieces.ts';
import type { PieceVerdict } from './operations.ts';

/** What came of some bytes: verdicts on the pieces that they completed, and which of them are to be written. */
export type Taken = { readonly verdicts: readonly PieceVerdict[]; readonly fresh: readonly ByteRange[] };

/** Hashes the blocks of one content as they arrive, from anybody and in any order, and compares its pieces with its layer. */
export type PieceChecker = {
  /**
   * Takes whole blocks (the file's last may be short) that lie at `offset` in the file. A block that is there already, or
   * belongs to a verified piece, is not fresh: nothing that is right is ever overwritten.
   *
   * @param sender from 1
   */
  take(offset: number, bytes: Uint8Array, sender: number): Taken;
  /** Forgets pieces that are not whole and hold blocks of this sender. Returns which. */
  distrust(sender: number): number[];
};

type OpenPiece = {
  readonly hasher: PieceHasher;
  /** By leaf; 0 while it has not come. */
  readonly senders: Uint32Array;
  missing: number;
};

/**
 * @param layer 32 bytes a piece; without it every piece counts as good once its last block came: ask for them in order
 * @param verified pieces that are right already: a bitfield
 */
export function createPieceChecker(
  content: Content,
  layer: Uint8Array | undefined,
  verified: Uint8Array = new Uint8Array(),
): PieceChecker {
  return layer ? createLayerChecker(content, layer, Uint8Array.from(verified)) : createTrustingChecker(content);
}

function createLayerChecker(content: Content, layer: Uint8Array, verified: Uint8Array): PieceChecker {
  const { sizeBytes, pieceBytes } = content;
  const leafCount = pieceLeafCount(sizeBytes, pieceBytes);
  const open = new Map<number, OpenPiece>();
  const wrongPieces = createWrongPieces();

  function openPiece(index: number): OpenPiece {
    const known = open.get(index);
    if (known) return known;
    const blocks = Math.ceil(pieceRange(index, sizeBytes, pieceBytes).length / BLOCK_BYTES);
    const piece = { hasher: createPieceHasher(leafCount), senders: new Uint32Array(blocks), missing: blocks };
    open.set(index, piece);
    return piece;
  }

  function isRight(index: number, { hasher }: OpenPiece): boolean {
    const expected = layer.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    return Buffer.compare(hasher.digest(), expected) === 0;
  }

  function judge(index: number, piece: OpenPiece): PieceVerdict {
    open.delete(index);
    const { senders } = piece;
    // The digest is made in place of the leaves.
    const leaves = piece.hasher.leaves();
    if (isRight(index, piece)) {
      setBit(verified, index);
      return { index, isGood: true, liars: wrongPieces.resolve(index, leaves) };
    }
    const contributors = new Set(senders);
    if (contributors.size === 1) return { index, isGood: false, liars: [...contributors] };
    wrongPieces.add(index, { leaves, senders });
    return { index, isGood: false, liars: [] };
  }

  /** Takes blocks of one piece. Returns its verdict if it is whole now, and adds to `fresh`. */
  function takePart(offset: number, bytes: Uint8Array, sender: number, fresh: ByteRange[]): PieceVerdict | undefined {
    const index = Math.floor(offset / pieceBytes);
    if (hasBit(verified, index)) return undefined;
    const piece = openPiece(index);
    const first = (offset - index * pieceBytes) / BLOCK_BYTES;
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      const leaf = first + at / BLOCK_BYTES;
      if (piece.senders[leaf] !== 0) continue;
      const block = bytes.subarray(at, at + BLOCK_BYTES);
      piece.hasher.put(leaf, block);
      piece.senders[leaf] = sender;
      piece.missing -= 1;
      addRange(fresh, { offset: offset + at, length: block.length });
    }
    return piece.missing === 0 ? judge(index, piece) : undefined;
  }

  return {
    take(offset, bytes, sender) {
      const verdicts: PieceVerdict[] = [];
      const fresh: ByteRange[] = [];
      for (let taken = 0; taken < bytes.length;) {
        const pieceEnd = (Math.floor((offset + taken) / pieceBytes) + 1) * pieceBytes;
        const part = bytes.subarray(taken, pieceEnd - offset);
        const verdict = takePart(offset + taken, part, sender, fresh);
        if (verdict) verdicts.push(verdict);
        taken += part.length;
      }
      return { verdicts, fresh };
    },
    distrust(sender) {
      const tainted = [...open].filter(([, { senders }]) => senders.includes(sender)).map(([index]) => index);
      for (const index of tainted) open.delete(index);
      return tainted;
    },
  };
}

/** Where there is nothing to compare with. */
function createTrustingChecker({ sizeBytes, pieceBytes }: Content): PieceChecker {
  return {
    take(offset, bytes) {
      const end = offset + bytes.length;
      const verdicts: PieceVerdict[] = [];
      for (let index = Math.floor(offset / pieceBytes); index * pieceBytes < end; index += 1) {
        const piece = pieceRange(index, sizeBytes, pieceBytes);
        if (piece.offset + piece.length <= end) verdicts.push({ index, isGood: true, liars: [] });
      }
      return { verdicts, fresh: [{ offset, length: bytes.length }] };
    },
    distrust: () => [],
  };
}
