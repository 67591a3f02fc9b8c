import type { EntryView } from './match.ts';
import { requiredOf, type Query } from './query.ts';
import { compareText } from './text-order.ts';

/** What a hit's place among the hits of a query depends on, most important first. [PROTOCOL §6.5] */
export type Rank = {
  /** Words of the query that occur in the base name; the others occur in the folder. */
  readonly wordsInName: number;
  /** Words of the query that occur as whole words: in the base name if they occur there, else in the folder. */
  readonly wholeWords: number;
  /** Online sources of the hit's content. */
  readonly sourceCount: number;
  /** Length of the folded base name, in UTF-16 units. */
  readonly nameUnits: number;
  readonly path: string;
  readonly id: string;
};

/** The words and phrases of a query that ranking looks at: those that must occur, each once however often it is given. */
export function rankedWords(query: Query): readonly string[] {
  return [...new Set(requiredOf(query, 'text').map(({ text }) => text))];
}

/** The rank of an entry that matches a query of these words. */
export function rankOf(words: readonly string[], view: EntryView, sourceCount: number): Rank {
  const { foldedName, foldedPath } = view;
  const inName = words.filter((word) => foldedName.includes(word));
  const whole = words.filter((word) =>
    inName.includes(word) ? hasWholeWord(foldedName, word) : isWholeInPath(foldedPath, word),
  );
  return {
    wordsInName: inName.length,
    wholeWords: whole.length,
    sourceCount,
    nameUnits: foldedName.length,
    path: view.entry.path,
    id: view.peer.id,
  };
}

/** Orders hits, the best first. No two entries are equal in it: a peer has a path once. */
export function compareRanks(a: Rank, b: Rank): number {
  return (
    b.wordsInName - a.wordsInName ||
    b.wholeWords - a.wholeWords ||
    b.sourceCount - a.sourceCount ||
    a.nameUnits - b.nameUnits ||
    compareText(a.path, b.path) ||
    compareText(a.id, b.id)
  );
}

const ENDS_IN_WORD = /[\p{L}\p{N}\p{M}]$/u;
const BEGINS_WITH_WORD = /^[\p{L}\p{N}\p{M}]/u;

const ASCII_UNITS = 128;

/** Whether an ASCII character, which most are, belongs to words. */
export function isAsciiWord(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a);
}

/** Occurrences of a word that are looked at in one text: a path of 4 KB can hold one letter thousands of times. */
export const OCCURRENCES_MAX = 16;

/** Whether the word occurs by itself in any part of the path; one with a `/`, in all of it. */
function isWholeInPath(foldedPath: string, word: string): boolean {
  if (word.includes('/')) return hasWholeWord(foldedPath, word);
  return foldedPath.split('/').some((part) => hasWholeWord(part, word));
}

/** Whether the word occurs, among its first occurrences, with no letter or digit running on at either of its ends. */
export function hasWholeWord(text: string, word: string): boolean {
  let at = text.indexOf(word);
  for (let seen = 0; at !== -1 && seen < OCCURRENCES_MAX; seen += 1) {
    if (!runsOn(text, at) && !runsOn(text, at + word.length)) return true;
    at = text.indexOf(word, at + 1);
  }
  return false;
}

/** Whether the characters on both sides of a place in the text belong to words. */
function runsOn(text: string, at: number): boolean {
  const [last, next] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  if (last < ASCII_UNITS && next < ASCII_UNITS) return isAsciiWord(last) && isAsciiWord(next);
  // Two units hold any one character.
  const before = text.slice(Math.max(0, at - 2), at);
  const after = text.slice(at, at + 2);
  return ENDS_IN_WORD.test(before) && BEGINS_WITH_WORD.test(after);
}
