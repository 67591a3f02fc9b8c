import type { Entry } from './entry.ts';
import { fold } from './fold.ts';
import type { Predicate, Query } from './query.ts';
import { baseName } from './share-path.ts';

/** An entry with its peer, as queries look at it. */
export type EntryView = {
  readonly entry: Entry;
  readonly username: string;
  readonly id: string;
  readonly foldedPath: string;
  /** The folded base name, which is the end of `foldedPath`. */
  readonly foldedName: string;
};

/** Folds once what every term and the ranking look at. */
export function viewEntry(entry: Entry, peer: { readonly username: string; readonly id: string }): EntryView {
  const { username, id } = peer;
  // Folded by itself: folding can bring forth a `/` (in ℀, a/c) that is none in the path.
  const foldedName = fold(baseName(entry.path));
  const foldedFolder = fold(entry.path.slice(0, entry.path.length - baseName(entry.path).length));
  return { entry, username, id, foldedPath: foldedFolder + foldedName, foldedName };
}

/** Whether every term of the query holds for the entry. [PROTOCOL §6.5] */
export function matches(query: Query, view: EntryView): boolean {
  return query.terms.every(({ predicate, excluded }) => holds(predicate, view) !== excluded);
}

function holds(predicate: Predicate, { entry, username, id, foldedPath, foldedName }: EntryView): boolean {
  switch (predicate.kind) {
    case 'text':
      return foldedPath.includes(predicate.text);
    case 'extension':
      return predicate.endings.some((ending) => foldedName.length > ending.length && foldedName.endsWith(ending));
    case 'size':
      return entry.sizeBytes >= predicate.minBytes && entry.sizeBytes <= predicate.maxBytes;
    case 'peer':
      return isPeerNamed(predicate.name, { username, id });
    case 'sha1':
      return entry.sha1 === predicate.sha1;
    case 'root':
      return entry.root === predicate.root;
  }
}

/** Whether a `peer:` filter's value names the peer: by its id, or by its username in any case. */
export function isPeerNamed(name: string, peer: { readonly username: string; readonly id: string }): boolean {
  return peer.id === name || fold(peer.username) === fold(name);
}
