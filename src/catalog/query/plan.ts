import type { Predicate, PredicateOf, Query, Term } from '../../domain/query.ts';

/** Words whose every distribution over name and folders is looked for; what more there are is checked entry by entry. */
export const TIER_WORDS_MAX = 4;

/** A query, sorted by how its terms are looked for. Texts are folded. */
export type Plan = {
  /** Texts that occur within a name or within the name of a folder above it. They are what ranking looks at. */
  readonly words: readonly string[];
  /** The same for parts of texts with a `/`: where one occurs, so do these. */
  readonly fragments: readonly string[];
  /** What the name must end in: one text of each. */
  readonly endings: readonly (readonly string[])[];
  /** Texts that must not occur in the name or in a folder above it. */
  readonly excludedWords: readonly string[];
  readonly excludedEndings: readonly (readonly string[])[];
  /** The peers whose entries are looked at: a term of each. */
  readonly peers: readonly Filter<'peer'>[];
  readonly sizes: readonly Filter<'size'>[];
  /** One hash that the content must have, of those asked for. */
  readonly hash: PredicateOf<'sha1'> | PredicateOf<'root'> | undefined;
  /** UTF-16 units of a name that is what was asked for, word by word, also where one comes twice; one that has all the words is hardly shorter. */
  readonly exactUnits: number;
  /** Whether the other parts say all: there are no texts with a `/`, and no hashes. Else each entry is to be matched as a whole. */
  readonly isComplete: boolean;
};

type Filter<Kind extends Predicate['kind']> = { readonly predicate: PredicateOf<Kind>; readonly excluded: boolean };

export function planOf(query: Query): Plan {
  const texts = predicatesOf(query, 'text', false).map(({ text }) => text);
  const excludedTexts = predicatesOf(query, 'text', true).map(({ text }) => text);
  const hashes = [...predicatesOf(query, 'sha1', false), ...predicatesOf(query, 'root', false)];
  const isHash = ({ predicate }: Term): boolean => predicate.kind === 'sha1' || predicate.kind === 'root';
  const words = unique(texts.filter(isWord));
  return {
    words,
    fragments: unique(texts.filter((text) => !isWord(text)).flatMap((text) => text.split('/').filter(Boolean))),
    endings: predicatesOf(query, 'extension', false).map(({ endings }) => endings),
    excludedWords: unique(excludedTexts.filter(isWord)),
    excludedEndings: predicatesOf(query, 'extension', true).map(({ endings }) => endings),
    peers: filtersOf(query, 'peer'),
    sizes: filtersOf(query, 'size'),
    hash: hashes[0],
    exactUnits: texts.filter(isWord).join(' ').length,
    isComplete: [...texts, ...excludedTexts].every(isWord) && !query.terms.some(isHash),
  };
}

function isWord(text: string): boolean {
  return !text.includes('/');
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function filtersOf<Kind extends Predicate['kind']>(query: Query, kind: Kind): Filter<Kind>[] {
  return [false, true].flatMap((excluded) =>
    predicatesOf(query, kind, excluded).map((predicate) => ({ predicate, excluded })),
  );
}

function predicatesOf<Kind extends Predicate['kind']>(
  query: Query,
  kind: Kind,
  excluded: boolean,
): readonly PredicateOf<Kind>[] {
  return query.terms
    .filter((term) => term.excluded === excluded)
    .map(({ predicate }) => predicate)
    .filter((predicate): predicate is PredicateOf<Kind> => predicate.kind === kind);
}
