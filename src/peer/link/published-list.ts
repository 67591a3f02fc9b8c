import type { Entry } from '../../domain/entry.ts';
import type { ListChange } from '../../protocol/codecs/list-changes.ts';

/** What the publisher needs of the share index. */
export type PublishedList = {
  /** Grows with every change of the list, from 0 at the start of the process. */
  readonly revision: () => number;
  /** The list in order of path, or what of it comes after a path. Between two entries the caller may await. */
  readonly entries: (after?: string) => Iterable<Entry>;
  /** Resolves when the revision is another one than the given, and changes have calmed down. */
  readonly changed: (sinceRevision: number, signal: AbortSignal) => Promise<unknown>;
  readonly publication: Publication;
};

/** A change of the list that the server has not been told of. */
export type PendingChange = { readonly position: number; readonly change: ListChange };

/** A whole list on its way: its token, and the position of the last change before it was begun. */
export type PendingUpload = { readonly token: string; readonly position: number };

/**
 * What the server is known to have of the list, which outlives the process. Changes of the list have positions that only ever
 * grow; of several changes of one path the last one is left. It lies in one database with the list: if that loses what was
 * written last, it loses both, and the server’s revision is another one than is known here.
 */
export type Publication = {
  /** The server’s revision of the list that has all changes up to `publishedPosition`; undefined where nothing is known. */
  readonly revision: () => string | undefined;
  readonly publishedPosition: () => number;
  /** Of the newest change. */
  readonly position: () => number;
  /** The changes after one position and up to another, the oldest first, each with the entry as it is when it is reached. */
  readonly changes: (after: number, upTo: number) => Iterable<PendingChange>;
  /** The server has all changes up to a position, under this revision. */
  readonly advance: (revision: string, position: number) => void;
  /** Drops some of the changes that the server has. `true`: call it again. */
  readonly trim: () => boolean;
  /** What was begun and not ended. */
  readonly upload: () => PendingUpload | undefined;
  /** From here on the list is sent whole, in place of what was being sent before. Changes from now on come after it. */
  readonly beginUpload: (token: string) => PendingUpload;
  /** A part is about to be sent, which ends with the entry of this path. */
  readonly notePart: (part: number, lastPath: string) => void;
  /** The path that a part ended with; undefined where that is not known. */
  readonly lastPathOf: (part: number) => string | undefined;
  /** The whole list has taken effect under this revision. */
  readonly endUpload: (upload: PendingUpload, revision: string) => void;
};
