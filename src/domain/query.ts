/** What one term of a query asks of an entry. */
export type Predicate =
  /** A word or a phrase, folded: it occurs anywhere in the path. */
  | { readonly kind: 'text'; readonly text: string }
  /** The base name ends in one of these, each folded and with its dot. */
  | { readonly kind: 'extension'; readonly endings: readonly string[] }
  /** The size lies between both, inclusive. */
  | { readonly kind: 'size'; readonly minBytes: number; readonly maxBytes: number }
  /** The peer's id, or its username in any case: `foldedName` is the name folded. */
  | { readonly kind: 'peer'; readonly name: string; readonly foldedName: string }
  | { readonly kind: 'sha1'; readonly sha1: string }
  | { readonly kind: 'root'; readonly root: string };

export type Term = { readonly predicate: Predicate; readonly excluded: boolean };

/** A query: an entry matches when every term holds, or, for an excluded one, does not. At least one is not excluded. */
export type Query = { readonly terms: readonly Term[] };

export type PredicateOf<Kind extends Predicate['kind']> = Extract<Predicate, { kind: Kind }>;

/** The predicates of one kind that must hold. */
export function requiredOf<Kind extends Predicate['kind']>(query: Query, kind: Kind): readonly PredicateOf<Kind>[] {
  return query.terms.flatMap(({ predicate, excluded }) => (!excluded && isOfKind(predicate, kind) ? [predicate] : []));
}

function isOfKind<Kind extends Predicate['kind']>(predicate: Predicate, kind: Kind): predicate is PredicateOf<Kind> {
  return predicate.kind === kind;
}
