import { matches, viewEntry, type EntryView } from '../../domain/match.ts';
import type { Query } from '../../domain/query.ts';
import { hasWholeWord, rankedWords, rankOf, type Rank } from '../../domain/rank.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import { hasBit } from '../segment/bits.ts';
import { entryAt, listOfEntry, sizeOfEntry } from '../segment/segment.ts';
import type { FolderMatches } from './folder-matches.ts';
import type { IndexState, LiveSegment } from './index-state.ts';
import { TIER_WORDS_MAX, type Plan } from './plan.ts';
import { rangesHave } from './ranges.ts';

/** What a name says of all entries that have it. */
export type NameFindings = {
  /** Words of the query that occur in it, and those that do not. */
  readonly missing: readonly string[];
  readonly wordsInName: number;
  readonly wholeWords: number;
};

/** What of an entry's rank can be told without its content. */
export type RankInText = Pick<Rank, 'wordsInName' | 'wholeWords' | 'nameUnits'>;

/** Decides whether an entry matches. */
export type EntryTest = {
  /** What the folded name says; undefined where none of its entries can match. */
  name(folded: string): NameFindings | undefined;
  /** What is known of every name that no tier with any of the words in it has; undefined where the name has to be read. */
  readonly nameWithoutWords: NameFindings | undefined;
  /** Whether the list at a place of the segment counts: it is the one in effect, of a peer that is asked for. */
  list(list: number): boolean;
  /** Whether the entry is there, of a peer that counts, and all that its name does not say holds too. */
  entry(entry: number, missing: readonly string[]): boolean;
  placeOf(entry: number, findings: NameFindings): RankInText;
};

export function createEntryTest(
  state: IndexState,
  live: LiveSegment,
  asked: {
    readonly query: Query;
    readonly plan: Plan;
    readonly inFolders: (word: string) => FolderMatches;
    readonly scope: HolderScope;
    readonly nowMs: number;
  },
): EntryTest {
  const { segment, dead } = live;
  const { query, plan, inFolders } = asked;
  const words = [...plan.words, ...plan.fragments];
  const isPeerAsked = createPeerTest(state, plan);
  const isListAsked = memo((list: number) => {
    const peer = segment.listPeers[list] ?? 0;
    return (
      state.isCurrent(peer, segment.listNumbers[list] ?? 0) &&
      (asked.scope === 'all' || state.isReachable(peer, asked.nowMs)) &&
      isPeerAsked(peer)
    );
  });

  function hasSizeAsked(entry: number): boolean {
    if (plan.sizes.length === 0) return true;
    const sizeBytes = sizeOfEntry(segment, entry);
    return plan.sizes.every(
      ({ predicate: { minBytes, maxBytes }, excluded }) =>
        (sizeBytes >= minBytes && sizeBytes <= maxBytes) !== excluded,
    );
  }

  function wholeWordsInFolders(entry: number, missing: readonly string[]): number {
    return missing.filter((word) => plan.words.includes(word) && rangesHave(inFolders(word).wholeWord, entry)).length;
  }

  return {
    nameWithoutWords: saysNothing(plan) ? { missing: words, wordsInName: 0, wholeWords: 0 } : undefined,
    name: (folded) => {
      if (!plan.endings.every((endings) => endsInOne(folded, endings))) return undefined;
      if (plan.excludedEndings.some((endings) => endsInOne(folded, endings))) return undefined;
      if (plan.excludedWords.some((word) => folded.includes(word))) return undefined;
      const inName = plan.words.filter((word) => folded.includes(word));
      return {
        missing: words.filter((word) => !folded.includes(word)),
        wordsInName: inName.length,
        wholeWords: inName.filter((word) => hasWholeWord(folded, word)).length,
      };
    },
    list: isListAsked,
    entry: (entry, missing) =>
      !hasBit(dead, entry) &&
      isListAsked(listOfEntry(segment, entry)) &&
      missing.every((word) => rangesHave(inFolders(word).entries, entry)) &&
      !plan.excludedWords.some((word) => rangesHave(inFolders(word).entries, entry)) &&
      hasSizeAsked(entry) &&
      (plan.isComplete || matches(query, viewOf(state, live, entry))),
    placeOf: (entry, { missing, wordsInName, wholeWords }) => {
      if (!plan.isComplete) return rankOf(rankedWords(query), viewOf(state, live, entry), 0);
      return {
        wordsInName,
        wholeWords: wholeWords + wholeWordsInFolders(entry, missing),
        nameUnits: segment.files.unitsOf(segment.entryNames[entry] ?? 0),
      };
    },
  };
}

/** Whether the query asks nothing of names but words, and no more of these than tiers are made of. */
function saysNothing({ endings, excludedEndings, excludedWords, words, fragments }: Plan): boolean {
  const others = [endings, excludedEndings, excludedWords];
  return others.every(({ length }) => length === 0) && words.length + fragments.length <= TIER_WORDS_MAX;
}

function endsInOne(name: string, endings: readonly string[]): boolean {
  return endings.some((ending) => name.length > ending.length && name.endsWith(ending));
}

function createPeerTest(state: IndexState, { peers }: Plan): (peer: number) => boolean {
  const filters = peers.map(({ predicate: { name, foldedName }, excluded }) => ({
    keys: new Set(state.peersNamed(name, foldedName)),
    excluded,
  }));
  return (peer) => filters.every(({ keys, excluded }) => keys.has(peer) !== excluded);
}

/** A test of small numbers that is made once for each. */
function memo(test: (number: number) => boolean): (number: number) => boolean {
  const known: (boolean | undefined)[] = [];
  return (number) => (known[number] ??= test(number));
}

/** All that the rules of the domain look at. */
export function viewOf(state: IndexState, { segment }: LiveSegment, entry: number): EntryView {
  const peer = segment.listPeers[listOfEntry(segment, entry)] ?? 0;
  return viewEntry(entryAt(segment, entry), state.viewPeer(peer));
}
