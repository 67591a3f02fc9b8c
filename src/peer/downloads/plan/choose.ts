import { firstCommonBit, hasBit } from '../../../domain/bitfield.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Content } from '../content.ts';
import type { Availability } from './availability.ts';
import type { Claims } from './claims.ts';
import type { Division } from './division.ts';

/** Pieces that a source has and that are missing, which are compared at most: a file may have a million. */
const COMPARED_MAX = 8_192;

/**
 * One is drawn from so many of the rarest, those nearest to the start: few enough that what is verified from the start on
 * grows (the SHA-1 follows it, and disks like it), many enough that peers who draw at the same moment seldom draw the same.
 */
const DRAWN_FROM = 512;

export type Choice = {
  readonly index: number;
  /** Whether a claim that begins there may go on into this piece. */
  readonly mayGoOn: (index: number) => boolean;
};

export type ChooseOptions = {
  readonly content: Content;
  readonly claims: Claims;
  readonly availability: Availability;
  readonly division: Division;
  /** In [0, 1). */
  readonly random: () => number;
  /** Whether this source is asked for nothing any more that others can give, or fetch first. */
  readonly isLeft: () => boolean;
};

/**
 * Chooses where a source is to go on: what is wanted soon; what it or somebody who is gone began; among pieces that nobody
 * began those that nobody who downloads the same has, this peer's own first, then the rarest, or the next one where all sources
 * have everything; and at last what others began.
 */
export function choose(options: ChooseOptions, source: number, wanted: readonly ByteRange[]): Choice | undefined {
  const { claims, availability } = options;
  const held = availability.held(source);
  const mayGoOn = (index: number): boolean => hasBit(held, index);
  const within = (index: number): boolean => mayGoOn(index) && claims.isOpenTo(source, index);
  const index =
    firstWanted(options, source, wanted) ??
    firstRagged(claims, (owner, begun) => (owner === undefined || owner === source) && within(begun));
  if (index !== undefined) return { index, mayGoOn };
  const fresh = availability.partialCount() > 0 ? rarest(options, source) : next(claims);
  if (fresh) return { ...fresh, mayGoOn: (following) => mayGoOn(following) && fresh.mayGoOn(following) };
  const begun = firstRagged(claims, (_, other) => within(other));
  return begun === undefined ? undefined : { index: begun, mayGoOn: () => false };
}

function firstWanted(
  { content: { sizeBytes, pieceBytes }, claims, availability }: ChooseOptions,
  source: number,
  wanted: readonly ByteRange[],
): number | undefined {
  const ragged = new Set(Array.from(wanted.length > 0 ? claims.ragged() : [], ({ index }) => index));
  for (const { offset, length } of wanted) {
    const end = Math.min(offset + length, sizeBytes);
    for (let index = Math.floor(offset / pieceBytes); index * pieceBytes < end; index += 1) {
      const isFree = claims.isMissing(index) || (ragged.has(index) && claims.isOpenTo(source, index));
      if (isFree && availability.holds(source, index)) return index;
    }
  }
  return undefined;
}

function firstRagged(claims: Claims, fits: (owner: number | undefined, index: number) => boolean): number | undefined {
  for (const { index, owner } of claims.ragged()) if (fits(owner, index)) return index;
  return undefined;
}

/** In the order of the file, for sources that have all of it. */
function next(claims: Claims): Choice | undefined {
  const index = claims.firstMissing();
  return claims.isMissing(index) ? { index, mayGoOn: () => true } : undefined;
}

function rarest({ claims, availability, division, random, isLeft }: ChooseOptions, source: number): Choice | undefined {
  const isOwn = (index: number): boolean => availability.copies(index) === 0 && division.turnOf(index) === 0;
  let least = Infinity;
  let found: number[] = [];
  let helped = { index: -1, turn: Infinity };
  const range = { from: claims.firstMissing(), most: COMPARED_MAX };
  const own = firstCommonBit(claims.missing(), availability.held(source), range, (index) => {
    const copies = availability.copies(index);
    if (copies === 0) {
      const turn = division.turnOf(index);
      if (turn === 0) return true;
      // The last of them: those whose own they are begin with the first.
      if (turn <= helped.turn) helped = { index, turn };
    }
    if (copies < least) found = [];
    least = Math.min(least, copies);
    if (copies === least && found.length < DRAWN_FROM) found.push(index);
    return false;
  });
  if (own !== undefined) return { index: own, mayGoOn: isOwn };
  if (isLeft()) return undefined;
  if (least === 0) return { index: helped.index, mayGoOn: () => false };
  const index = found[Math.floor(random() * found.length)];
  return index === undefined ? undefined : { index, mayGoOn: (following) => availability.copies(following) <= least };
}
