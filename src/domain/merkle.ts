/**
 * The Merkle tree over a file's 16 KiB blocks, exactly as BEP 52 defines it: a leaf is the SHA-256 of a block's actual
 * bytes, leaves beyond the end are 32 zero bytes, and a node is the SHA-256 of its two children. A *layer* here is the
 * piece layer: the hashes that cover one piece each, in order, concatenated, without those wholly beyond the end.
 */
import { hash } from 'node:crypto';
import { BLOCK_BYTES, pieceCount, widthFor } from './pieces.ts';

export const HASH_BYTES = 32;

/** A tree over 2^53 bytes, the largest size that a number holds, has this many levels above its leaves. */
const TREE_HEIGHT_MAX = 39;

/** By height: the hash of a subtree whose leaves all lie beyond the end of the file. */
const ZERO_SUBTREES: Uint8Array[] = [new Uint8Array(HASH_BYTES)];
for (let height = 0; height < TREE_HEIGHT_MAX; height += 1) {
  const child = ZERO_SUBTREES[height] ?? [];
  ZERO_SUBTREES.push(hash('sha256', Uint8Array.of(...child, ...child), 'buffer'));
}

export type FileTree = {
  /** 32 bytes; absent for an empty file, which has no root [BEP 52]. */
  readonly root?: Uint8Array;
  /** 32 bytes a piece; for a file of at most one piece that one hash is the root. */
  readonly layer: Uint8Array;
};

export type MerkleHasher = {
  /** Takes the file's next bytes, cut anywhere; multiples of 16 KiB spare a copy. */
  readonly update: (bytes: Uint8Array) => void;
  /** The tree over everything so far. Call it once, last. */
  readonly digest: () => FileTree;
};

/** Hashes a file piece after piece in constant memory (plus 32 bytes a piece). `pieceBytes`: a power of two ≥ 16 KiB. */
export function createMerkleHasher(pieceBytes: number): MerkleHasher {
  const leafCountMax = pieceBytes / BLOCK_BYTES;
  const leaves = nodeBuffer(leafCountMax);
  const block = Buffer.alloc(BLOCK_BYTES);
  const pieces: Uint8Array[] = [];
  let leafCount = 0;
  let blockFill = 0;

  function addLeaf(bytes: Uint8Array): void {
    putHash(leaves, leafCount, bytes);
    leafCount += 1;
    if (leafCount === leafCountMax) endPiece(leafCountMax);
  }

  function endPiece(width: number): void {
    climb(leaves, leafCount, 0, Math.log2(width));
    pieces.push(firstNode(leaves));
    leafCount = 0;
  }

  /** Takes what completes the block that the last update left open; returns how much that was, in bytes. */
  function fillBlock(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, BLOCK_BYTES - blockFill);
    block.set(bytes.subarray(0, taken), blockFill);
    blockFill += taken;
    if (blockFill < BLOCK_BYTES) return taken;
    blockFill = 0;
    addLeaf(block);
    return taken;
  }

  return {
    update(bytes) {
      let offset = blockFill > 0 ? fillBlock(bytes) : 0;
      for (; bytes.length - offset >= BLOCK_BYTES; offset += BLOCK_BYTES) {
        addLeaf(bytes.subarray(offset, offset + BLOCK_BYTES));
      }
      if (offset < bytes.length) fillBlock(bytes.subarray(offset));
    },
    digest() {
      if (blockFill > 0) addLeaf(block.subarray(0, blockFill));
      if (leafCount > 0) endPiece(pieces.length === 0 ? widthFor(leafCount) : leafCountMax);
      const layer = new Uint8Array(pieces.length * HASH_BYTES);
      for (const [index, piece] of pieces.entries()) layer.set(piece, index * HASH_BYTES);
      return layer.length === 0 ? { layer } : { root: rootFromLayer(layer, pieceBytes), layer };
    },
  };
}

export type PieceHasher = {
  /** Takes whole blocks of the piece (its last one may be short) from leaf `first` on. Leaves come in any order. */
  readonly put: (first: number, bytes: Uint8Array) => void;
  /** A copy of the leaves so far, 32 bytes each. */
  readonly leaves: () => Uint8Array;
  /** The hash of the piece (32 bytes), to compare with its place in the layer. Call it once, last, with all leaves there. */
  readonly digest: () => Uint8Array;
};

/**
 * Hashes one piece whose blocks come one by one. `leafCount` is the width of the piece's tree, see `pieceLeafCount`: the
 * bytes of a file's last piece alone do not tell it.
 */
export function createPieceHasher(leafCount: number): PieceHasher {
  const leaves = nodeBuffer(leafCount);
  // Those beyond the last that came are padding.
  let count = 0;
  return {
    put(first, bytes) {
      let leaf = first;
      for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
        putHash(leaves, leaf, bytes.subarray(offset, offset + BLOCK_BYTES));
        leaf += 1;
      }
      count = Math.max(count, leaf);
    },
    leaves: () => Uint8Array.from(leaves.subarray(0, count * HASH_BYTES)),
    digest() {
      climb(leaves, count, 0, Math.log2(leafCount));
      return firstNode(leaves);
    },
  };
}

/** The hash of one whole piece, as `createPieceHasher` makes it. */
export function pieceHash(piece: Uint8Array, leafCount: number): Uint8Array {
  const hasher = createPieceHasher(leafCount);
  hasher.put(0, piece);
  return hasher.digest();
}

/** The root (32 bytes) over a layer of at least one hash, padded with the hashes of subtrees of zero leaves [BEP 52]. */
export function rootFromLayer(layer: Uint8Array, pieceBytes: number): Uint8Array {
  const count = layer.length / HASH_BYTES;
  const nodes = nodeBuffer(count);
  nodes.set(layer);
  climb(nodes, count, Math.log2(pieceBytes / BLOCK_BYTES), Math.log2(widthFor(count)));
  return firstNode(nodes);
}

/** Whether a layer from elsewhere is that of the file with this root and size: right in length, and leading to the root. */
export function layerHasRoot(layer: Uint8Array, root: Uint8Array, sizeBytes: number, pieceBytes: number): boolean {
  if (layer.length === 0 || layer.length !== pieceCount(sizeBytes, pieceBytes) * HASH_BYTES) return false;
  return Buffer.compare(rootFromLayer(layer, pieceBytes), root) === 0;
}

/** Replaces, in place, the `count` nodes at `height` above the leaves by the layer `levels` above them. */
function climb(nodes: Buffer, count: number, height: number, levels: number): void {
  for (let level = height; level < height + levels; level += 1) {
    if (count % 2 === 1) nodes.set(ZERO_SUBTREES[level] ?? [], count * HASH_BYTES);
    count = Math.ceil(count / 2);
    for (let index = 0; index < count; index += 1) {
      putHash(nodes, index, nodes.subarray(index * 2 * HASH_BYTES, (index + 1) * 2 * HASH_BYTES));
    }
  }
}

/** Writes the SHA-256 of `bytes` as node `index`. A one-shot hash as a Latin-1 string takes a third of a Buffer's time. */
function putHash(nodes: Buffer, index: number, bytes: Uint8Array): void {
  nodes.write(hash('sha256', bytes, 'binary'), index * HASH_BYTES, 'binary');
}

/** Room for so many nodes, and for the one that pads an odd count. */
function nodeBuffer(count: number): Buffer {
  return Buffer.alloc((count + 1) * HASH_BYTES);
}

/** A copy, so that nobody holds (or sends to another thread) the whole buffer for one hash. */
function firstNode(nodes: Buffer): Uint8Array {
  return Uint8Array.from(nodes.subarray(0, HASH_BYTES));
}
