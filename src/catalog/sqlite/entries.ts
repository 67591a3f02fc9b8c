import type { Entry } from '../../domain/entry.ts';
import { createContents } from './contents.ts';
import type { Database } from './database.ts';
import { PATH, STEADY } from './rows.ts';
import { createTextIndex } from './text-index.ts';

/** The entries, with their contents and the index of their texts. */
export type Entries = {
  /** Stores an entry under a folder and name, or changes its content, or finds it as it is. Returns its key. */
  store(folderKey: number, name: string, entry: Entry): number;
  /** Deletes an entry. */
  remove(key: number): void;
  /** Deletes all entries of the peer but those with the given keys. */
  removeOthers(peerKey: number, kept: ReadonlySet<number>): void;
};

type StoredEntry = { readonly key: number; readonly content: number };

export function createEntries(database: Database): Entries {
  const contents = createContents(database);
  const index = createTextIndex(database);
  const find = database.prepare<[number, string], StoredEntry>(
    'SELECT key, content FROM entry WHERE folder = ? AND name = ?',
  );
  const insert = database.prepare<[number, string, number]>(
    'INSERT INTO entry (folder, name, content) VALUES (?, ?, ?)',
  );
  const setContent = database.prepare<[number, number]>('UPDATE entry SET content = ? WHERE key = ?');
  const keysOfPeer = database
    .prepare<[number], number>(
      'SELECT entry.key FROM entry JOIN folder ON folder.key = entry.folder WHERE folder.peer = ?',
    )
    .pluck();
  const findByKey = database.prepare<[number], { path: string; content: number }>(
    `SELECT ${PATH} AS path, entry.content FROM entry JOIN folder ON folder.key = entry.folder
     WHERE entry.key = ${STEADY}?`,
  );
  const remove = database.prepare<[number]>('DELETE FROM entry WHERE key = ?');

  function removeByKey(key: number): void {
    const stored = findByKey.get(key);
    if (stored === undefined) return;
    index.remove(key, stored.path);
    remove.run(key);
    contents.dropUnused(stored.content);
  }

  return {
    store: (folderKey, name, entry) => {
      const content = contents.keyOf(entry);
      const stored = find.get(folderKey, name);
      if (stored === undefined) {
        const key = Number(insert.run(folderKey, name, content).lastInsertRowid);
        index.add(key, entry.path);
        return key;
      }
      if (stored.content !== content) {
        setContent.run(content, stored.key);
        contents.dropUnused(stored.content);
      }
      return stored.key;
    },
    remove: removeByKey,
    removeOthers: (peerKey, kept) => {
      for (const key of keysOfPeer.all(peerKey)) if (!kept.has(key)) removeByKey(key);
    },
  };
}
