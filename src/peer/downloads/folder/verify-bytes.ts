import { hash } from 'node:crypto';
import { createMerkleHasher, pieceHash } from '../../../domain/merkle.ts';
import { pieceBytesFor, pieceLeafCount } from '../../../domain/pieces.ts';
import type { ContentNames } from '../store/download-rows.ts';

/** Whether these bytes are the whole of a content: its size, its SHA-1 and, where it has one, its root. */
export function hasHashes(bytes: Uint8Array, { sizeBytes, sha1, root }: ContentNames): boolean {
  if (bytes.length !== sizeBytes || hash('sha1', bytes, 'hex') !== sha1) return false;
  return root === undefined || rootOf(bytes) === root;
}

function rootOf(bytes: Uint8Array): string | undefined {
  const pieceBytes = pieceBytesFor(bytes.length);
  if (bytes.length === 0) return undefined;
  // A file of one piece is a tree whose top is the root: no need for more.
  if (bytes.length <= pieceBytes) return hexOf(pieceHash(bytes, pieceLeafCount(bytes.length, pieceBytes)));
  const hasher = createMerkleHasher(pieceBytes);
  hasher.update(bytes);
  const { root } = hasher.digest();
  return root && hexOf(root);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
