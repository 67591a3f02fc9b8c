import type { Entry } from './entry.ts';
import { fold } from './fold.ts';
import type { Predicate, PredicateOf, Query } from './query.ts';
import { baseName } from './share-path.ts';

/** A peer, as queries look at it. */
export type PeerView = { readonly username: string; readonly id: string; readonly foldedUsername: string };

/** An entry with its peer, as queries look at it. */
export type EntryView = {
  readonly entry: Entry;
  readonly peer: PeerView;
  readonly foldedPath: string;
  /** The folded base name, which is the end of `foldedPath`. */
  readonly foldedName: string;
};

/** Folds once what every entry of the peer is asked for. */
export function viewPeer({ username, id }: { readonly username: string; readonly id: string }): PeerView {
  return { username, id, foldedUsername: fold(username) };
}

/** Folds once what every term and the ranking look at. */
export function viewEntry(entry: Entry, peer: PeerView): EntryView {
  // Folded by itself: folding can bring forth a `/` (in ℀, a/c) that is none in the path.
  const foldedName = fold(baseName(entry.path));
  const foldedFolder = fold(entry.path.slice(0, entry.path.length - baseName(entry.path).length));
  return { entry, peer, foldedPath: foldedFolder + foldedName, foldedName };
}

/** Whether every term of the query holds for the entry. [PROTOCOL §6.5] */
export function matches(query: Query, view: EntryView): boolean {
  return query.terms.every(({ predicate, excluded }) => holds(predicate, view) !== excluded);
}

function holds(predicate: Predicate, { entry, peer, foldedPath, foldedName }: EntryView): boolean {
  switch (predicate.kind) {
    case 'text':
      return foldedPath.includes(predicate.text);
    case 'extension':
      return predicate.endings.some((ending) => foldedName.length > ending.length && foldedName.endsWith(ending));
    case 'size':
      return entry.sizeBytes >= predicate.minBytes && entry.sizeBytes <= predicate.maxBytes;
    case 'peer':
      return isPeerNamed(predicate, peer);
    case 'sha1':
      return entry.sha1 === predicate.sha1;
    case 'root':
      return entry.root === predicate.root;
  }
}

/** Whether a `peer:` filter names the peer: by its id, or by its username in any case. */
export function isPeerNamed({ name, foldedName }: PredicateOf<'peer'>, peer: PeerView): boolean {
  return peer.id === name || peer.foldedUsername === foldedName;
}
