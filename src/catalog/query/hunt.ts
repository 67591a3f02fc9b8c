import type { Checkpoint } from '../query-pass.ts';
import type { EntryTest, NameFindings } from './entry-test.ts';
import type { FolderMatches } from './folder-matches.ts';
import type { IndexState, LiveSegment } from './index-state.ts';
import type { Plan } from './plan.ts';

/**
 * What one query may look at. What it finds within this is ranked. Names no longer than the query's words come first, and
 * have a bound of their own, so exact base names are always among what is found, unless somebody shares one name again and again.
 */
export type SearchBudget = {
  /** Entries with names no longer than the query's words, or with the hash that is asked for. */
  readonly exactMax: number;
  /** Entries that are ranked. */
  readonly candidatesMax: number;
  /** As long as fewer entries were found, everything is looked at, however much the filters leave out: the deadline alone ends it. */
  readonly foundMin: number;
  /** Names that are read where so many were found. */
  readonly namesMax: number;
  /** Entries of them, or below folders that match, that are looked at where so many were found. */
  readonly entriesMax: number;
};

/** For the best of what matches. */
export const BEST_BUDGET: SearchBudget = {
  exactMax: 100_000,
  candidatesMax: 500,
  foundMin: 100,
  namesMax: 50_000,
  entriesMax: 50_000,
};

/** For all that matches, as far as one reply after the other can name it. */
export const ALL_BUDGET: SearchBudget = {
  exactMax: 100_000,
  candidatesMax: 100_000,
  foundMin: Number.POSITIVE_INFINITY,
  namesMax: 0,
  entriesMax: 0,
};

/** What is left of a budget; `wanted` is what has to be found yet. */
export type Purse = { exact: number; candidates: number; wanted: number; names: number; entries: number };

/** One query over one state. */
export type Hunt = {
  readonly state: IndexState;
  readonly plan: Plan;
  readonly purse: Purse;
  readonly check: Checkpoint;
  readonly sources: readonly HuntedSegment[];
  /** Whether something was left that may match. */
  isBounded: boolean;
  /** Adds an entry that the tests let through; each once. */
  add(source: HuntedSegment, entry: number, findings: NameFindings): void;
};

/** A segment, and what the query has found out of it. */
export type HuntedSegment = {
  readonly at: number;
  readonly live: LiveSegment;
  readonly inFolders: (word: string) => FolderMatches;
  readonly test: EntryTest;
};

export function isSpent({ purse }: Hunt): boolean {
  return purse.candidates <= 0 || (purse.wanted <= 0 && (purse.names <= 0 || purse.entries <= 0));
}

/** The words that a tier has in the name, and no others of the query's; these are in folders. Each match is in one tier. */
export type Tier = { readonly inName: readonly string[]; readonly inFolder: readonly string[] };
