import type { PartialFind, TextIndex } from './text-index.ts';

/** Finds the keys whose text occurs in paths that come folder by folder, as lists do. */
export type PathScanner<Key> = {
  /** Tells of the keys for the path in `bytes[begin, end)`, whose base name begins at `nameAt`; of some several times. */
  scan(bytes: Uint8Array, begin: number, nameAt: number, end: number, found: (key: Key) => void): void;
  /** The index has changed: what was found in the last folder may not be so any more. */
  forget(): void;
};

export function createPathScanner<Key>(index: TextIndex<Key>): PathScanner<Key> {
  // The last folder, and what was found in it: its paths share that.
  let folder = new Uint8Array(4_096);
  let folderBytes = -1;
  const keys = new Set<Key>();
  const partials: PartialFind<Key>[] = [];

  function isLastFolder(bytes: Uint8Array, begin: number, length: number): boolean {
    if (length !== folderBytes) return false;
    // Folders that follow each other differ near their ends.
    for (let at = length - 1; at >= 0; at -= 1) if (bytes[begin + at] !== folder[at]) return false;
    return true;
  }

  function enter(bytes: Uint8Array, begin: number, nameAt: number, end: number): void {
    folderBytes = nameAt - begin;
    if (folder.length < folderBytes) folder = new Uint8Array(2 * folderBytes);
    folder.set(bytes.subarray(begin, nameAt));
    keys.clear();
    partials.length = 0;
    index.scan(
      bytes,
      { begin, end, from: begin, to: nameAt },
      (key) => keys.add(key),
      (partial) => partials.push(partial),
    );
  }

  return {
    scan(bytes, begin, nameAt, end, found) {
      if (nameAt > begin && !isLastFolder(bytes, begin, nameAt - begin)) enter(bytes, begin, nameAt, end);
      if (nameAt > begin) {
        for (const key of keys) found(key);
        for (const partial of partials) if (index.completes(partial, bytes, begin, end)) found(partial.item.key);
      }
      index.scan(bytes, { begin, end, from: nameAt, to: end }, found);
    },
    forget: () => {
      folderBytes = -1;
    },
  };
}
