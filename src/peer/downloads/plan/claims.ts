import { bitfieldBytes, clearBit, hasBit, setBit } from '../../../domain/bitfield.ts';
import { BLOCK_BYTES, pieceCount, pieceRange } from '../../../domain/pieces.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Content } from '../content.ts';
import { createOpenPiece, type OpenPiece } from './open-piece.ts';
import type { VerifiedPieces } from './verified-pieces.ts';

/** Blocks that a source is to be asked for, or was. */
export type Claim = { readonly source: number; readonly range: ByteRange };

/** Who is fetching which blocks, and which blocks of pieces that are not whole have come. Sources are numbers. */
export type Claims = {
  /** Whether nothing of a piece is claimed or has come, and it is not verified. */
  isMissing(index: number): boolean;
  /** The pieces that are missing in that sense: a bitfield, which changes with them. */
  missing(): Uint8Array;
  missingCount(): number;
  /** No piece below is missing. */
  firstMissing(): number;
  /** Pieces with free blocks and others, and who began them; undefined where that source is gone. */
  ragged(): Iterable<{ readonly index: number; readonly owner: number | undefined }>;
  /** Whether the source may claim a block in a ragged piece: one that is suspect is fetched by one source alone. */
  isOpenTo(source: number, index: number): boolean;
  /**
   * Claims the free blocks from the first one of this piece on, at most `lengthMax` bytes but at least a block: on into the
   * pieces that follow as long as they are missing and `mayGoOn`. It ends with a piece if it can, so that none waits for the next
   * claim. Undefined where the piece has no free block for this source.
   */
  claim(source: number, index: number, lengthMax: number, mayGoOn: (index: number) => boolean): Claim | undefined;
  /** Claims blocks that others have claimed, too. */
  claimAgain(source: number, range: ByteRange): Claim;
  /** Those of one source, in the order in which they were made. */
  of(source: number): Iterable<Claim>;
  sources(): Iterable<number>;
  /** How often a block is claimed that has not come; undefined for one that has. */
  claimsOn(block: number): number | undefined;
  /** A claim is over: what has not come of it is free again, unless others claim it, too. */
  readonly settle: (claim: Claim) => void;
  /** All claims of a source are over. */
  leave(source: number): void;
  /** These whole blocks came. */
  readonly receive: (range: ByteRange) => void;
  readonly verify: (index: number) => void;
  /** A piece is wrong, or not to be trusted: all of it is to come again; from one source alone, if it is suspect. */
  readonly spoil: (index: number, isSuspect: boolean) => void;
  /** Whether no block is free. */
  isAllClaimed(): boolean;
  /** The pieces that somebody is asked for, ascending. */
  readonly coming: () => number[];
  /** Forgets all claims, and all blocks of pieces that are not verified. */
  readonly clear: () => void;
};

export function createClaims(content: Content, verified: VerifiedPieces): Claims {
  const { sizeBytes, pieceBytes } = content;
  const count = pieceCount(sizeBytes, pieceBytes);
  const blockCount = Math.ceil(sizeBytes / BLOCK_BYTES);
  const blocksPerPiece = pieceBytes / BLOCK_BYTES;
  const open = new Map<number, OpenPiece>();
  /** Those of the open pieces that have free blocks. */
  const ragged = new Set<number>();
  const suspects = new Set<number>();
  const bySource = new Map<number, Set<Claim>>();
  const missing = new Uint8Array(bitfieldBytes(count));
  let missingCount = 0;
  let firstMissing = 0;
  for (let index = 0; index < count; index += 1) if (!verified.has(index)) setMissing(index);

  function isMissing(index: number): boolean {
    return hasBit(missing, index);
  }

  function setMissing(index: number): void {
    setBit(missing, index);
    missingCount += 1;
    firstMissing = Math.min(firstMissing, index);
  }

  function clearMissing(index: number): void {
    clearBit(missing, index);
    missingCount -= 1;
  }

  function pieceOf(block: number): number {
    return Math.floor(block / blocksPerPiece);
  }

  function enter(index: number, owner: number | undefined): OpenPiece {
    const known = open.get(index);
    if (known) return known;
    const blocks = Math.ceil(pieceRange(index, sizeBytes, pieceBytes).length / BLOCK_BYTES);
    const piece = createOpenPiece(blocks, owner);
    open.set(index, piece);
    clearMissing(index);
    return piece;
  }

  /** The piece is as if nothing of it had ever been asked for. */
  function drop(index: number): void {
    ragged.delete(index);
    if (open.delete(index)) setMissing(index);
  }

  function review(index: number): void {
    const piece = open.get(index);
    if (piece?.isUntouched()) drop(index);
    else if (piece?.firstFree() === undefined) ragged.delete(index);
    else ragged.add(index);
  }

  function* piecesOf({ offset, length }: ByteRange): Iterable<number> {
    const last = Math.floor((offset + length - 1) / pieceBytes);
    for (let index = Math.floor(offset / pieceBytes); index <= last; index += 1) yield index;
  }

  function reviewAll(range: ByteRange): void {
    for (const index of piecesOf(range)) review(index);
  }

  function* blocksOf({ offset, length }: ByteRange): Iterable<{ index: number; block: number }> {
    const end = Math.ceil((offset + length) / BLOCK_BYTES);
    for (let block = offset / BLOCK_BYTES; block < end; block += 1) {
      yield { index: pieceOf(block), block: block % blocksPerPiece };
    }
  }

  /** Where a claim of at most so many blocks ends. */
  function endOf(first: number, blocks: number): number {
    const end = first + blocks;
    if (end >= blockCount) return blockCount;
    const pieceEnd = end - (end % blocksPerPiece);
    return pieceEnd > first ? pieceEnd : end;
  }

  function note(source: number, firstBlock: number, endBlock: number): Claim {
    const offset = firstBlock * BLOCK_BYTES;
    const claim = { source, range: { offset, length: Math.min(endBlock * BLOCK_BYTES, sizeBytes) - offset } };
    bySource.set(source, (bySource.get(source) ?? new Set()).add(claim));
    return claim;
  }

  function isOpenTo(source: number, index: number): boolean {
    const owner = open.get(index)?.owner;
    return !suspects.has(index) || owner === undefined || owner === source;
  }

  /** Claims one block if it is free. */
  function claimBlock(source: number, index: number, block: number): boolean {
    const piece = enter(index, source);
    if (!piece.isFree(block)) return false;
    piece.owner ??= source;
    piece.claim(block);
    return true;
  }

  function settle(claim: Claim): void {
    if (!bySource.get(claim.source)?.delete(claim)) return;
    for (const { index, block } of blocksOf(claim.range)) open.get(index)?.unclaim(block);
    reviewAll(claim.range);
  }

  function disown(source: number): void {
    for (const [index, piece] of open) {
      if (piece.owner !== source) continue;
      piece.owner = undefined;
      // Of what is suspect, nothing may come from a second source.
      if (suspects.has(index)) drop(index);
    }
  }

  return {
    isMissing,
    isOpenTo,
    settle,
    missing: () => missing,
    missingCount: () => missingCount,
    firstMissing() {
      while (firstMissing < count && !isMissing(firstMissing)) firstMissing += 1;
      return firstMissing;
    },
    *ragged() {
      for (const index of ragged) yield { index, owner: open.get(index)?.owner };
    },
    claim(source, index, lengthMax, mayGoOn) {
      const free = isMissing(index) ? 0 : open.get(index)?.firstFree();
      if (free === undefined || !isOpenTo(source, index)) return undefined;
      const first = index * blocksPerPiece + free;
      const end = endOf(first, Math.max(1, Math.floor(lengthMax / BLOCK_BYTES)));
      let block = first;
      for (; block < end; block += 1) {
        const current = pieceOf(block);
        const isNext = current !== index && block % blocksPerPiece === 0;
        if (isNext && !(isMissing(current) && mayGoOn(current))) break;
        if (!claimBlock(source, current, block % blocksPerPiece)) break;
      }
      const claim = note(source, first, block);
      reviewAll(claim.range);
      return claim;
    },
    claimAgain(source, range) {
      for (const { index, block } of blocksOf(range)) open.get(index)?.claim(block);
      return note(source, range.offset / BLOCK_BYTES, Math.ceil((range.offset + range.length) / BLOCK_BYTES));
    },
    of: (source) => bySource.get(source) ?? [],
    sources: () => bySource.keys(),
    claimsOn(block) {
      const index = pieceOf(block);
      const piece = open.get(index);
      if (verified.has(index) || piece?.isReceived(block % blocksPerPiece)) return undefined;
      return piece?.claims(block % blocksPerPiece) ?? 0;
    },
    leave(source) {
      for (const claim of [...(bySource.get(source) ?? [])]) settle(claim);
      bySource.delete(source);
      disown(source);
    },
    receive(range) {
      for (const { index, block } of blocksOf(range)) {
        // What still comes of a suspect piece after it was spoiled does not count.
        if (open.has(index) || (!verified.has(index) && !suspects.has(index))) enter(index, undefined).receive(block);
      }
      reviewAll(range);
    },
    verify(index) {
      if (verified.has(index)) return;
      ragged.delete(index);
      suspects.delete(index);
      if (!open.delete(index)) clearMissing(index);
      verified.add(index);
    },
    spoil(index, isSuspect) {
      if (verified.has(index)) return;
      if (isSuspect) suspects.add(index);
      drop(index);
    },
    isAllClaimed: () => missingCount === 0 && ragged.size === 0,
    coming() {
      const indexes = new Set<number>();
      for (const claims of bySource.values()) {
        for (const { range } of claims) for (const index of piecesOf(range)) if (open.has(index)) indexes.add(index);
      }
      return [...indexes].sort((one, other) => one - other);
    },
    clear() {
      bySource.clear();
      for (const index of [...open.keys()]) drop(index);
    },
  };
}
