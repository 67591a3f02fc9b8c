import { bitfieldBytes, hasBit, leadingBits, setBit } from '../../../domain/bitfield.ts';
import type { PieceRange } from '../../../protocol/codecs/availability.ts';

/** Pieces on their way to one source that are heeded: it can't have more under way. */
const COMING_MAX = 4_096;

/** Which source has which pieces, as far as they say. Sources are numbers. */
export type Availability = {
  /** A source that has the whole content, or (with a bitfield) the pieces that it says. */
  join(source: number, bitfield?: Uint8Array): void;
  /** A partial source has these pieces of a bitfield, too. */
  add(source: number, bitfield: Uint8Array): void;
  /** A partial source has these now as well, and these are on their way to it. */
  update(source: number, held: readonly PieceRange[], coming: readonly PieceRange[]): void;
  leave(source: number): void;
  holds(source: number, index: number): boolean;
  /** The pieces that a source has: a bitfield, which changes with them. */
  held(source: number): Uint8Array;
  /** How many partial sources have a piece or are about to: where several whole ones count alike, it is rare where this is small. */
  copies(index: number): number;
  /** Whether a source has everything. */
  isWhole(source: number): boolean;
  /** How many partial sources there are: they download the same, and can share only what they do not all have. */
  partialCount(): number;
};

type Partial = { readonly held: Uint8Array; coming: readonly number[] };

const NONE = new Uint8Array();

/** @param count pieces of the content */
export function createAvailability(count: number): Availability {
  const all = leadingBits(count, count);
  const whole = new Set<number>();
  const partial = new Map<number, Partial>();
  let copies: Uint16Array | undefined;

  function tally(indexes: Iterable<number>, change: 1 | -1): void {
    copies ??= new Uint16Array(count);
    for (const index of indexes) copies[index] = (copies[index] ?? 0) + change;
  }

  function* piecesIn(bitfield: Uint8Array): Iterable<number> {
    for (let index = 0; index < count; index += 1) if (hasBit(bitfield, index)) yield index;
  }

  function leave(source: number): void {
    whole.delete(source);
    const known = partial.get(source);
    if (!known) return;
    partial.delete(source);
    tally(piecesIn(known.held), -1);
    tally(known.coming, -1);
  }

  /** A known partial source has these as well. */
  function hold(known: Partial, indexes: Iterable<number>): void {
    for (const index of indexes) {
      if (hasBit(known.held, index)) continue;
      setBit(known.held, index);
      tally([index], 1);
    }
  }

  function held(source: number): Uint8Array {
    return whole.has(source) ? all : (partial.get(source)?.held ?? NONE);
  }

  return {
    leave,
    join(source, bitfield) {
      leave(source);
      if (!bitfield) {
        whole.add(source);
        return;
      }
      const known = { held: new Uint8Array(bitfieldBytes(count)), coming: [] };
      partial.set(source, known);
      hold(known, piecesIn(bitfield));
    },
    add(source, bitfield) {
      const known = partial.get(source);
      if (known) hold(known, piecesIn(bitfield));
    },
    update(source, fresh, coming) {
      const known = partial.get(source);
      if (!known) return;
      hold(known, indexesOf(fresh, count));
      tally(known.coming, -1);
      known.coming = firstOf(indexesOf(coming, count), COMING_MAX).filter((index) => !hasBit(known.held, index));
      tally(known.coming, 1);
    },
    holds: (source, index) => hasBit(held(source), index),
    held,
    copies: (index) => copies?.[index] ?? 0,
    isWhole: (source) => whole.has(source),
    partialCount: () => partial.size,
  };
}

/** The indexes of ranges, those below `count`. */
function* indexesOf(ranges: readonly PieceRange[], count: number): Iterable<number> {
  for (const { first, last } of ranges) {
    for (let index = first; index <= last && index < count; index += 1) yield index;
  }
}

/** So many of them, each once. */
function firstOf(indexes: Iterable<number>, most: number): number[] {
  const first = new Set<number>();
  for (const index of indexes) {
    if (first.size === most) break;
    first.add(index);
  }
  return [...first];
}
