import { z } from 'zod';
import { SwapmeetError } from '../domain/errors.ts';
import type { EntryView } from '../domain/match.ts';
import type { Query } from '../domain/query.ts';
import { compareRanks, rankedWords, rankOf, type Rank } from '../domain/rank.ts';

/** An entry that matches a query, with whatever a store needs to tell more of it. */
export type Match<Ref> = { readonly view: EntryView; readonly ref: Ref };

/** A match in its place among all. */
export type Hit<Ref> = Match<Ref> & { readonly rank: Rank };

/**
 * Matches in the order of the answer, the best first.
 *
 * @param countSources the online sources of each match's content, in the order of the matches
 */
export function rankMatches<Ref>(
  query: Query,
  matches: readonly Match<Ref>[],
  countSources: (refs: readonly Ref[]) => readonly number[],
): Hit<Ref>[] {
  const words = rankedWords(query);
  const counts = countSources(matches.map(({ ref }) => ref));
  return matches
    .map(({ view, ref }, at) => ({ view, ref, rank: rankOf(words, view, counts[at] ?? 0) }))
    .sort((a, b) => compareRanks(a.rank, b.rank));
}

/** The first hit of each group, in their order: the best of each, when the best come first. */
export function firstOfEach<Ref>(hits: readonly Hit<Ref>[], groupOf: (ref: Ref) => unknown): Hit<Ref>[] {
  const seen = new Set<unknown>();
  return hits.filter(({ ref }) => {
    const group = groupOf(ref);
    return !seen.has(group) && seen.add(group);
  });
}

const COUNT = z.number().int().min(0);
const CURSOR = z.tuple([COUNT, COUNT, COUNT, COUNT, z.string(), z.string()]);

/**
 * The cursor after a hit: its rank. A page that follows holds what ranks behind it, so nothing is left out or repeated
 * but contents whose number of sources changed meanwhile.
 */
export function encodeRank({ wordsInName, wholeWords, sourceCount, nameUnits, path, id }: Rank): string {
  const fields: z.infer<typeof CURSOR> = [wordsInName, wholeWords, sourceCount, nameUnits, path, id];
  return Buffer.from(JSON.stringify(fields), 'utf8').toString('base64url');
}

/** The hits after a cursor; all of them where there is none. @throws SwapmeetError `bad-request` */
export function hitsAfter<Ref>(hits: readonly Hit<Ref>[], cursor: string | undefined): readonly Hit<Ref>[] {
  if (cursor === undefined) return hits;
  const after = decodeRank(cursor);
  const first = hits.findIndex(({ rank }) => compareRanks(rank, after) > 0);
  return first === -1 ? [] : hits.slice(first);
}

function decodeRank(cursor: string): Rank {
  const fields = CURSOR.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!fields.success) {
    throw new SwapmeetError('bad-request', 'after is not what a page of this query gave as next: begin without it');
  }
  const [wordsInName, wholeWords, sourceCount, nameUnits, path, id] = fields.data;
  return { wordsInName, wholeWords, sourceCount, nameUnits, path, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
