import { hasBit } from '../../../domain/bitfield.ts';
import { pieceBytesFor, pieceCount, pieceRange } from '../../../domain/pieces.ts';
import type { DamageView } from '../../verify-view.ts';
import { rangesOf } from '../../piece-ranges.ts';
import type { CheckedFile } from '../store/checked-files.ts';

type Found = { readonly rightPieces: Uint8Array; readonly foundMs: number };

/** A damaged file as a person sees it. */
export function damageView(file: CheckedFile, { rightPieces, foundMs }: Found): DamageView {
  const { path, sizeBytes, sha1, root } = file;
  // A clock may have been ahead.
  const goodMs = file.goodMs !== undefined && file.goodMs <= foundMs ? file.goodMs : undefined;
  const bad = badPieces(sizeBytes, rightPieces);
  const pieceBytes = pieceBytesFor(sizeBytes);
  const badBytes = bad.reduce((sum, index) => sum + pieceRange(index, sizeBytes, pieceBytes).length, 0);
  return { path, sizeBytes, sha1, root, pieceBytes, badPieces: rangesOf(bad), badBytes, goodMs, foundMs };
}

function badPieces(sizeBytes: number, rightPieces: Uint8Array): number[] {
  const bad = [];
  const count = pieceCount(sizeBytes, pieceBytesFor(sizeBytes));
  for (let index = 0; index < count; index += 1) if (!hasBit(rightPieces, index)) bad.push(index);
  return bad;
}

/** Whether all pieces of a file are right. */
export function isWhole(sizeBytes: number, rightPieces: Uint8Array): boolean {
  return badPieces(sizeBytes, rightPieces).length === 0;
}
