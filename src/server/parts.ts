import type { Entry } from '../domain/entry.ts';

/** A peer that holds a content in part. */
export type PartHolder = { readonly id: string; readonly entry: Entry };

/** What peers hold in part and serve, by their ids: in memory, as long as their sessions last. */
export type Parts = {
  /** Replaces all that a peer holds in part. */
  replace(id: string, entries: readonly Entry[]): void;
  forget(id: string): void;
  /** Who holds a content of this SHA-1 (of one root, if given), in the order in which they said so. */
  holders(sha1: string, root: string | undefined): readonly PartHolder[];
};

export function createParts(): Parts {
  const byPeer = new Map<string, readonly Entry[]>();
  // By SHA-1, and then by peer and root: a peer that names a content twice has it once.
  const bySha1 = new Map<string, Map<string, PartHolder>>();

  function forget(id: string): void {
    for (const { sha1, root } of byPeer.get(id) ?? []) {
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

function keyOf(id: string, root: string | undefined): string {
  return `${id} ${root ?? ''}`;
}
