import type { Entry } from '../domain/entry.ts';
import { SwapmeetError } from '../domain/errors.ts';

/** A peer that holds a content in part. */
export type PartHolder = { readonly id: string; readonly entry: Entry };

/** What peers hold in part and serve, by their ids: in memory, as long as their sessions last. */
export type Parts = {
  /** Replaces all that a peer holds in part. @throws SwapmeetError `busy` where that is too much of all; then it holds nothing */
  replace(id: string, entries: readonly Entry[]): void;
  forget(id: string): void;
  /** Who holds a content of this SHA-1 (of one root, if given), in the order in which they said so. */
  holders(sha1: string, root: string | undefined): readonly PartHolder[];
};

/** What parts of all peers may take together, in memory: those of tens of thousands that each download a few files. */
const BYTES_MAX = 128 * 1024 * 1024;
/** What an entry takes beside its path. */
const ENTRY_BYTES = 512;
/** A path is kept in UTF-16, if it is not Latin. */
const UNIT_BYTES = 2;

export function createParts(bytesMax = BYTES_MAX): Parts {
  let bytes = 0;
  const byPeer = new Map<string, readonly Entry[]>();
  // By SHA-1, and then by peer and root: a peer that names a content twice has it once.
  const bySha1 = new Map<string, Map<string, PartHolder>>();

  function forget(id: string): void {
    const entries = byPeer.get(id) ?? [];
    bytes -= bytesOf(entries);
    for (const { sha1, root } of entries) {
      const holders = bySha1.get(sha1);
      holders?.delete(keyOf(id, root));
      if (holders?.size === 0) bySha1.delete(sha1);
    }
    byPeer.delete(id);
  }

  return {
    forget,
    replace(id, entries) {
      forget(id);
      if (entries.length === 0) return;
      if (bytes + bytesOf(entries) > bytesMax) {
        throw new SwapmeetError(
          'busy',
          'the server remembers too many parts of contents already; try again in a minute',
        );
      }
      bytes += bytesOf(entries);
      byPeer.set(id, entries);
      for (const entry of entries) {
        const holders = bySha1.get(entry.sha1) ?? new Map<string, PartHolder>();
        bySha1.set(entry.sha1, holders.set(keyOf(id, entry.root), { id, entry }));
      }
    },
    holders: (sha1, root) =>
      [...(bySha1.get(sha1)?.values() ?? [])].filter(({ entry }) => root === undefined || entry.root === root),
  };
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { path }) => sum + ENTRY_BYTES + path.length * UNIT_BYTES, 0);
}

function keyOf(id: string, root: string | undefined): string {
  return `${id} ${root ?? ''}`;
}
