import type { Query } from '../../domain/query.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import type { Checkpoint } from '../query-pass.ts';
import { createCandidateList, type Candidates } from './candidates.ts';
import { createEntryTest } from './entry-test.ts';
import { findByHash } from './find-by-hash.ts';
import { findTier } from './find-tier.ts';
import { createFolderMatches } from './folder-matches.ts';
import { BEST_BUDGET, isSpent, type Hunt, type HuntedSegment, type SearchBudget, type Tier } from './hunt.ts';
import type { IndexState } from './index-state.ts';
import { planOf, TIER_WORDS_MAX } from './plan.ts';

/**
 * Finds the entries that match a query: first those that have all its words in the name, the shortest names first, last those
 * that have all of them in folders.
 *
 * @throws SwapmeetError what the checkpoint throws
 */
export function findCandidates(
  state: IndexState,
  query: Query,
  options: { readonly scope: HolderScope; readonly nowMs: number; readonly check: Checkpoint },
  budget: SearchBudget = BEST_BUDGET,
): Candidates {
  const list = createCandidateList();
  const plan = planOf(query);
  const sources = state.segments.map((live, at): HuntedSegment => {
    const inFolders = createFolderMatches(live.segment, options.check);
    const test = createEntryTest(state, live, { query, plan, inFolders, ...options });
    return { at, live, inFolders, test };
  });
  const hunt: Hunt = {
    state,
    plan,
    purse: {
      exact: budget.exactMax,
      candidates: budget.candidatesMax,
      wanted: budget.foundMin,
      names: budget.namesMax,
      entries: budget.entriesMax,
    },
    isBounded: false,
    check: options.check,
    sources,
    add: ({ at, test }, entry, findings) => {
      hunt.purse.wanted -= 1;
      list.add(at, entry, test.placeOf(entry, findings));
    },
  };
  if (plan.hash !== undefined) findByHash(hunt, plan.hash);
  else {
    for (const tier of tiersOf(hunt)) {
      if (isSpent(hunt)) hunt.isBounded = true;
      else findTier(hunt, tier);
    }
  }
  return list.finish(hunt.isBounded);
}

/** All ways to have words in the name or else in folders, most words in the name first. */
function tiersOf({ plan, sources }: Hunt): Tier[] {
  const words = [...plan.words, ...plan.fragments];
  const core = words
    .map((word) => ({ word, names: sources.reduce((sum, { live }) => sum + live.segment.files.atMost(word), 0) }))
    .sort((a, b) => a.names - b.names)
    .slice(0, TIER_WORDS_MAX)
    .map(({ word }) => word);
  return Array.from({ length: 2 ** core.length }, (_, mask) => ({
    inName: core.filter((_word, at) => ((mask >> at) & 1) === 1),
    inFolder: core.filter((_word, at) => ((mask >> at) & 1) === 0),
  })).sort((a, b) => b.inName.length - a.inName.length);
}
