import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createMerkleHasher,
  createPieceHasher,
  HASH_BYTES,
  layerHasRoot,
  pieceHash,
  rootFromLayer,
  type FileTree,
} from './merkle.ts';
import { BLOCK_BYTES, pieceCount, pieceLeafCount, pieceRange, widthFor } from './pieces.ts';

const PIECE_SIZES = [1, 2, 4, 8, 64].map((blocks) => blocks * BLOCK_BYTES);

/** Sizes on, just below and just above the borders of blocks, up to 20 of them. */
const anySize = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: -2, max: 2 }))
  .map(([blocks, more]) => Math.max(1, blocks * BLOCK_BYTES + more));
const anyPieceBytes = fc.constantFrom(...PIECE_SIZES);

function sha256(...parts: Uint8Array[]): Uint8Array {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** Every block differs from every other. */
const CONTENT = Uint8Array.from({ length: 21 * BLOCK_BYTES }, (_, index) => (index % 251) ^ (index >> 14));

function content(sizeBytes: number): Uint8Array {
  return CONTENT.subarray(0, sizeBytes);
}

function treeOf(bytes: Uint8Array, pieceBytes: number): FileTree {
  const hasher = createMerkleHasher(pieceBytes);
  hasher.update(bytes);
  return hasher.digest();
}

/** BEP 52's definition word for word: all leaves, those beyond the end zero, and then layer upon layer. */
function rootByDefinition(bytes: Uint8Array): Uint8Array {
  const blockCount = Math.ceil(bytes.length / BLOCK_BYTES);
  let layer = Array.from({ length: widthFor(blockCount) }, (_, index) =>
    index < blockCount
      ? sha256(bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES))
      : new Uint8Array(HASH_BYTES),
  );
  while (layer.length > 1) {
    layer = layer.flatMap((node, index) => (index % 2 === 0 ? [sha256(node, layer[index + 1] ?? node)] : []));
  }
  return Buffer.concat(layer);
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex');
}

test('an empty file has no root and no piece', () => {
  assert.deepEqual(treeOf(new Uint8Array(0), 65_536), { layer: new Uint8Array(0) });
});

test('the root of one block is the SHA-256 of its bytes, unpadded', () => {
  const bytes = Buffer.from('abc');
  assert.equal(hex(treeOf(bytes, 65_536).root), hex(sha256(bytes)));
});

test('the root is the one of the definition, whatever the piece size', () => {
  fc.assert(
    fc.property(anySize, anyPieceBytes, (sizeBytes, pieceBytes) => {
      const bytes = content(sizeBytes);
      assert.equal(hex(treeOf(bytes, pieceBytes).root), hex(rootByDefinition(bytes)));
    }),
  );
});

test('however the bytes are cut, the tree is the same', () => {
  fc.assert(
    fc.property(anySize, anyPieceBytes, fc.array(fc.nat()), (sizeBytes, pieceBytes, cuts) => {
      const bytes = content(sizeBytes);
      const borders = [...cuts.map((cut) => cut % sizeBytes), sizeBytes].sort((one, other) => one - other);
      const hasher = createMerkleHasher(pieceBytes);
      let start = 0;
      for (const end of borders) {
        hasher.update(bytes.subarray(start, end));
        start = end;
      }
      assert.deepEqual(hasher.digest(), treeOf(bytes, pieceBytes));
    }),
  );
});

test('the layer consists of the hashes of the pieces', () => {
  fc.assert(
    fc.property(anySize, anyPieceBytes, (sizeBytes, pieceBytes) => {
      const bytes = content(sizeBytes);
      const leafCount = pieceLeafCount(sizeBytes, pieceBytes);
      const pieces = Array.from({ length: pieceCount(sizeBytes, pieceBytes) }, (_, index) => {
        const { offset, length } = pieceRange(index, sizeBytes, pieceBytes);
        return pieceHash(bytes.subarray(offset, offset + length), leafCount);
      });
      assert.equal(hex(treeOf(bytes, pieceBytes).layer), hex(Buffer.concat(pieces)));
    }),
  );
});

test('a piece whose blocks come in any order has the hash that it has as a whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 * BLOCK_BYTES }), fc.integer({ min: 0, max: 4 }), (sizeBytes, blocks) => {
      const bytes = content(sizeBytes);
      const hasher = createPieceHasher(4);
      hasher.put(blocks, bytes.subarray(blocks * BLOCK_BYTES));
      hasher.put(0, bytes.subarray(0, blocks * BLOCK_BYTES));
      assert.deepEqual(hasher.digest(), pieceHash(bytes, 4));
    }),
  );
});

test('a layer with a bit flipped has not the root, nor has one of another length', () => {
  fc.assert(
    fc.property(anySize, anyPieceBytes, fc.nat(), (sizeBytes, pieceBytes, position) => {
      const { root = new Uint8Array(0), layer } = treeOf(content(sizeBytes), pieceBytes);
      assert.ok(layerHasRoot(layer, root, sizeBytes, pieceBytes));
      const flipped = layer.with(
        (position >> 3) % layer.length,
        (layer[(position >> 3) % layer.length] ?? 0) ^ (1 << (position & 7)),
      );
      assert.ok(!layerHasRoot(flipped, root, sizeBytes, pieceBytes));
      assert.ok(!layerHasRoot(layer.subarray(1), root, sizeBytes, pieceBytes));
      assert.ok(!layerHasRoot(layer.subarray(HASH_BYTES), root, sizeBytes, pieceBytes));
      assert.ok(!layerHasRoot(Buffer.concat([layer, new Uint8Array(HASH_BYTES)]), root, sizeBytes, pieceBytes));
    }),
  );
});

test('a root is not the layer of a larger file: its length is checked against the size', () => {
  const { root = new Uint8Array(0) } = treeOf(content(3 * 65_536), 65_536);
  assert.deepEqual(rootFromLayer(root, 65_536), root);
  assert.ok(!layerHasRoot(root, root, 3 * 65_536, 65_536));
});
