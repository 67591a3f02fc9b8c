import { requiredOf, type Query } from '../query.ts';

/**
 * What an entry must have to match a query, by which the query is kept: one of several texts in its folded path, one of
 * several hashes, or a publisher. `any` for a query that asks for none of them, which every entry has to be checked for.
 */
export type QueryKeys =
  | { readonly kind: 'texts'; readonly choices: readonly (readonly Uint8Array[])[] }
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'peer' }
  | { readonly kind: 'any' };

/** Bytes of UTF-8 that a text must have to be looked up by. */
export const TEXT_BYTES_MIN = 3;

/** Stands behind the end of a path, where an extension has to be followed by it. No path holds it. */
export const END_OF_PATH = 0;

/**
 * By what a query can be kept. For texts: `choices`, each of which would do; a choice is texts of which a matching path holds
 * at least one.
 */
export function keysOf(query: Query): QueryKeys {
  const [hashed] = [
    ...requiredOf(query, 'root').map(({ root }) => root),
    ...requiredOf(query, 'sha1').map(({ sha1 }) => sha1),
  ];
  if (hashed !== undefined) return { kind: 'hash', hash: hashed };
  const words = requiredOf(query, 'text').map(({ text }) => [Buffer.from(text, 'utf8')]);
  const endings = requiredOf(query, 'extension').map((predicate) =>
    predicate.endings.map((ending) => Buffer.concat([Buffer.from(ending, 'utf8'), Buffer.of(END_OF_PATH)])),
  );
  const usable = (choices: readonly Buffer[][]): Buffer[][] =>
    choices.filter((texts) => texts.every(({ length }) => length >= TEXT_BYTES_MIN));
  // A word is rarer than an extension, nearly always.
  const choices = usable(words).length > 0 ? usable(words) : usable(endings);
  if (choices.length > 0) return { kind: 'texts', choices };
  return requiredOf(query, 'peer').length > 0 ? { kind: 'peer' } : { kind: 'any' };
}
