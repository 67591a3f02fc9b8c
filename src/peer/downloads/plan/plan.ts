import { BLOCK_BYTES, pieceCount } from '../../../domain/pieces.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Content } from '../content.ts';
import { createAvailability, type Availability } from './availability.ts';
import { choose } from './choose.ts';
import { createClaims, type Claim } from './claims.ts';
import { createDivision, type Division } from './division.ts';
import { findLate, type Forecast } from './late-claims.ts';
import { isRestLeft } from './rest.ts';
import { createVerifiedPieces, type VerifiedPieces } from './verified-pieces.ts';

export type { Claim } from './claims.ts';

/**
 * What is to be fetched of a content, and from whom: which pieces are verified, who has which, and who is fetching what. Any
 * number of sources (which are numbers here) claim blocks from one plan. It knows no time and does nothing by itself.
 */
export type Plan = {
  readonly verified: VerifiedPieces;
  readonly availability: Availability;
  readonly division: Division;
  /**
   * What to ask a source for next: whole blocks, at most `lengthMax` bytes but at least a block, which nobody else is asked
   * for. Undefined when it has nothing of that kind, or (where an outlook is given) had better be left to others.
   */
  claim(source: number, lengthMax: number, outlook?: Outlook): Claim | undefined;
  /** What to ask a source for that has nothing else to do: blocks that others are asked for but will be late with. */
  claimLate(source: number, lengthMax: number, outlook: Outlook): Claim | undefined;
  /** A claim is over: what has not come of it can be claimed again. */
  settle(claim: Claim): void;
  /** A source is gone, and with it its claims and what it has. */
  leave(source: number): void;
  /** Whether any of these blocks has not come yet. */
  isWanted(range: ByteRange): boolean;
  /** These whole blocks came, and are with who verifies them. */
  receive(range: ByteRange): void;
  /** The piece is on disk and what its hash says. */
  verify(index: number): void;
  /** The piece is wrong. It is suspect when nobody knows who of several sources is to blame: then it comes from one alone. */
  spoil(index: number, isSuspect: boolean): void;
  /** These are wanted before all others, in this order, until it is called again. */
  prefer(ranges: readonly ByteRange[]): void;
  /** The pieces that are asked for now, ascending. */
  coming(): number[];
  /** Is told when a piece is verified, or further ones are asked for. Returns how to stop being told. */
  onNews(listener: () => void): () => void;
  /** Forgets who fetches what, and every block of pieces that are not verified. */
  clear(): void;
  verifiedBytes(): number;
  /** So many bytes from the start of the file are verified without a gap. */
  prefixBytes(): number;
  isComplete(): boolean;
};

/** When what a source is asked for will have come. */
export type Outlook = {
  readonly forecast: Forecast;
  /** In ms: how long this source will take for what it is asked for already and the bytes of the claim. */
  readonly ownMs: number;
};

/** As long as there is something else to fetch, a source that is this late keeps what it was asked for. */
const PATIENCE_MS = 3_000;
/** The same for what is wanted soon. */
const WANTED_PATIENCE_MS = 300;

/**
 * @param bitfield of the pieces that are verified already, piece 0 being the high bit of byte 0 [BEP 3]
 * @param random in [0, 1): differs from peer to peer, so that those who download the same fetch different pieces first
 * @param ownKey of this peer: so do the keys
 */
export function createPlan(content: Content, bitfield: Uint8Array, random: () => number, ownKey = ''): Plan {
  const { sizeBytes, pieceBytes } = content;
  const verified = createVerifiedPieces(content, bitfield);
  const count = pieceCount(sizeBytes, pieceBytes);
  const availability = createAvailability(count);
  const division = createDivision(count, ownKey);
  const claims = createClaims(content, verified);
  const listeners = new Set<() => void>();
  let wanted: readonly ByteRange[] = [];

  function tellNews(): void {
    for (const listener of listeners) listener();
  }

  function isPreferred(at: number): boolean {
    return wanted.some(({ offset, length }) => at >= offset && at < offset + length);
  }

  function patienceMs(offset: number): number {
    if (claims.isAllClaimed()) return 0;
    return isPreferred(offset) ? WANTED_PATIENCE_MS : PATIENCE_MS;
  }

  return {
    verified,
    availability,
    division,
    claim(source, lengthMax, outlook) {
      const isLeft = (): boolean =>
        outlook !== undefined && isRestLeft({ ...outlook, claims, availability, source, lengthMax });
      const choice = choose({ content, claims, availability, division, random, isLeft }, source, wanted);
      const claim = choice && claims.claim(source, choice.index, lengthMax, choice.mayGoOn);
      if (claim) tellNews();
      return claim;
    },
    claimLate(source, lengthMax, outlook) {
      const mayAsk = (offset: number): boolean => {
        const index = Math.floor(offset / pieceBytes);
        return availability.holds(source, index) && claims.isOpenTo(source, index);
      };
      const range = findLate({ ...outlook, lengthMax, claims, source, patienceMs, mayAsk });
      return range && claims.claimAgain(source, range);
    },
    settle: claims.settle,
    leave(source) {
      claims.leave(source);
      availability.leave(source);
      division.leave(source);
    },
    isWanted({ offset, length }) {
      for (let at = offset; at < offset + length; at += BLOCK_BYTES) {
        if (claims.claimsOn(at / BLOCK_BYTES) !== undefined) return true;
      }
      return false;
    },
    receive: claims.receive,
    verify(index) {
      claims.verify(index);
      tellNews();
    },
    spoil: claims.spoil,
    prefer(ranges) {
      wanted = ranges;
    },
    coming: claims.coming,
    onNews(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear: claims.clear,
    verifiedBytes: verified.bytes,
    prefixBytes: verified.prefixBytes,
    isComplete: verified.isComplete,
  };
}
