import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { encodeFileLine } from '../../src/protocol/codecs/file-list.ts';
import type { PublishedList } from '../../src/peer/link/published-list.ts';
import { createPublication } from '../../src/peer/shares/store/publication.ts';
import { FILE_STATE, MIGRATIONS } from '../../src/peer/shares/store/schema.ts';
import { createSharedFiles } from '../../src/peer/shares/store/shared-files.ts';
import { createWake } from '../../src/peer/wake.ts';

/** A database of shares whose files are what a test says, and the list that is published of them. */
export type ShareStore = {
  readonly list: PublishedList;
  /** A file is there, with content that is told apart by its name. */
  readonly put: (path: string, content?: string) => void;
  readonly remove: (path: string) => void;
  /** Files, in one transaction. */
  readonly putMany: (paths: Iterable<string>) => void;
  /** The lines of the list as they should be at the server. */
  readonly lines: () => string[];
  /** The process ended: what it had in memory is gone. */
  readonly restart: () => void;
};

export function createShareStore(): ShareStore {
  const database = new Database(':memory:');
  database.pragma('foreign_keys = ON');
  for (const migration of MIGRATIONS) database.exec(migration);
  const shared = createSharedFiles(database);
  const wake = createWake();
  let revision = 0;
  const addContent = database
    .prepare<[Buffer], number>(
      `INSERT INTO content (sha1, root) VALUES (?, x'') ON CONFLICT DO UPDATE SET sha1 = excluded.sha1 RETURNING id`,
    )
    .pluck();
  const addFile = database.prepare<[string, number, number]>(
    `INSERT INTO file (path, size_bytes, mtime_ns, inode, state, content, due_ms, attempts)
      VALUES (?, ?, 0, 0, ${FILE_STATE.current}, ?, 0, 0)
      ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes, content = excluded.content`,
  );
  const bump = (): void => {
    revision += 1;
    wake.wake();
  };
  const store = (path: string, content: string): void => {
    const id = addContent.get(createHash('sha1').update(content).digest());
    addFile.run(path, content.length, id ?? 0);
  };
  return {
    list: {
      revision: () => revision,
      entries: shared.entries,
      changed: async (since, signal) => {
        while (revision <= since) await wake.wait(undefined, signal);
      },
      publication: createPublication(database),
    },
    put: (path, content = path) => {
      store(path, content);
      bump();
    },
    remove: (path) => {
      if (shared.remove(path)) bump();
    },
    putMany: database.transaction((paths: Iterable<string>) => {
      for (const path of paths) store(path, path);
      bump();
    }),
    lines: () => Array.from(shared.entries(), encodeFileLine).sort(),
    restart: () => {
      revision = 0;
    },
  };
}
