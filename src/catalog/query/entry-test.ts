import type { FoldedText } from '../../domain/folded-text.ts';
import { matches, viewEntry, type EntryView } from '../../domain/match.ts';
import type { Query } from '../../domain/query.ts';
import { rankedWords, rankOf, type Rank } from '../../domain/rank.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import { hasBit } from '../segment/bits.ts';
import { entryAt, listOfEntry, sizeOfEntry } from '../segment/segment.ts';
import type { FolderMatches } from './folder-matches.ts';
import type { IndexState, LiveSegment } from './index-state.ts';
import type { Plan } from './plan.ts';

/** What of an entry's rank can be told without its content. */
export type RankInText = Pick<Rank, 'wordsInName' | 'wholeWords' | 'nameUnits'>;

/** What a name says of all entries that have it: their rank, as far as folders do not add to it, and the words that are missing in it. */
export type NameFindings = RankInText & { readonly missing: readonly string[] };

/** Decides whether an entry matches. */
export type EntryTest = {
  /** What the folded name says; undefined where none of its entries can match. */
  name(folded: FoldedText): NameFindings | undefined;
  /** Whether the list at a place of the segment counts: it is the one in effect, of a peer that is asked for. */
  list(list: number): boolean;
  /** Whether the entry is there, of a peer that counts, and all that its name does not say holds too. */
  entry(entry: number, missing: readonly string[]): boolean;
  placeOf(entry: number, findings: NameFindings): RankInText;
};

/** Of most names nothing is missing. */
const NONE: readonly string[] = [];

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
  const words = [...new Set([...plan.words, ...plan.fragments])];
  const ranked = new Set(plan.words);
  const excludesWords = plan.excludedWords.length > 0;
  const asksNames = [plan.endings, plan.excludedEndings, plan.excludedWords].some(({ length }) => length > 0);
  const isPeerAsked = createPeerTest(state, plan);
  const isListAsked = memo(segment.listCount, (list) => {
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

  function canHave(folded: FoldedText): boolean {
    return (
      plan.endings.every((endings) => endsInOne(folded, endings)) &&
      !plan.excludedEndings.some((endings) => endsInOne(folded, endings)) &&
      !plan.excludedWords.some((word) => folded.has(word))
    );
  }

  function isBelow(entry: number, folderWords: readonly string[]): boolean {
    for (const word of folderWords) if (!inFolders(word).has(entry)) return false;
    return true;
  }

  return {
    name: (folded) => {
      if (asksNames && !canHave(folded)) return undefined;
      let wordsInName = 0;
      let wholeWords = 0;
      let missing = NONE;
      for (const word of words) {
        if (!folded.has(word)) missing = [...missing, word];
        else if (ranked.has(word)) {
          wordsInName += 1;
          if (folded.hasWhole(word)) wholeWords += 1;
        }
      }
      return { missing, wordsInName, wholeWords, nameUnits: folded.units };
    },
    list: isListAsked,
    entry: (entry, missing) =>
      !hasBit(dead, entry) &&
      isListAsked(listOfEntry(segment, entry)) &&
      isBelow(entry, missing) &&
      (!excludesWords || !plan.excludedWords.some((word) => inFolders(word).has(entry))) &&
      hasSizeAsked(entry) &&
      (plan.isComplete || matches(query, viewOf(state, live, entry))),
    placeOf: (entry, findings) => {
      if (!plan.isComplete) return rankOf(rankedWords(query), viewOf(state, live, entry), 0);
      if (findings.missing.length === 0) return findings;
      const { wordsInName, nameUnits, missing } = findings;
      let { wholeWords } = findings;
      for (const word of missing) if (inFolders(word).hasWhole(entry)) wholeWords += 1;
      return { wordsInName, wholeWords, nameUnits };
    },
  };
}

function endsInOne(name: FoldedText, endings: readonly string[]): boolean {
  return endings.some((ending) => name.units > ending.length && name.endsIn(ending));
}

function createPeerTest(state: IndexState, { peers }: Plan): (peer: number) => boolean {
  const filters = peers.map(({ predicate: { name, foldedName }, excluded }) => ({
    keys: new Set(state.peersNamed(name, foldedName)),
    excluded,
  }));
  return (peer) => filters.every(({ keys, excluded }) => keys.has(peer) !== excluded);
}

const YES = 1;
const NO = 2;

/** A test of numbers below `count` that is made once for each. */
function memo(count: number, test: (number: number) => boolean): (number: number) => boolean {
  let known: Uint8Array | undefined;
  return (number) => {
    known ??= new Uint8Array(count);
    if (known[number] === 0) known[number] = test(number) ? YES : NO;
    return known[number] === YES;
  };
}

/** All that the rules of the domain look at. */
export function viewOf(state: IndexState, { segment }: LiveSegment, entry: number): EntryView {
  const peer = segment.listPeers[listOfEntry(segment, entry)] ?? 0;
  return viewEntry(entryAt(segment, entry), state.viewPeer(peer));
}
