import type { Database } from './database.ts';

/** The folders of the peers' lists. */
export type Folders = {
  /** The way from a folder's path to its key, for one peer; a new folder is stored. */
  ofPeer(peerKey: number): (path: string) => number;
  /** Deletes the peer's folders that no entry lies in. */
  dropEmpty(peerKey: number): void;
  /** Deletes a folder if no entry lies in it. */
  dropIfEmpty(key: number): void;
};

export function createFolders(database: Database): Folders {
  const find = database.prepare<[number, string], number>('SELECT key FROM folder WHERE peer = ? AND path = ?').pluck();
  const insert = database.prepare<[number, string]>('INSERT INTO folder (peer, path) VALUES (?, ?)');
  const isEmpty = 'NOT EXISTS (SELECT 1 FROM entry WHERE entry.folder = folder.key)';
  const dropEmpty = database.prepare<[number]>(`DELETE FROM folder WHERE peer = ? AND ${isEmpty}`);
  const dropIfEmpty = database.prepare<[number]>(`DELETE FROM folder WHERE key = ? AND ${isEmpty}`);
  return {
    ofPeer: (peerKey) => {
      // Lists come folder by folder: the last one is nearly always the next one.
      let last: { readonly path: string; readonly key: number } | undefined;
      return (path) => {
        if (last?.path !== path) {
          const key = find.get(peerKey, path) ?? Number(insert.run(peerKey, path).lastInsertRowid);
          last = { path, key };
        }
        return last.key;
      };
    },
    dropEmpty: (peerKey) => {
      dropEmpty.run(peerKey);
    },
    dropIfEmpty: (key) => {
      dropIfEmpty.run(key);
    },
  };
}
