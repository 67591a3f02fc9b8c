import type { Entry } from '../../domain/entry.ts';
import type { Database } from './database.ts';

/** The table of contents: one row for all entries with equal SHA-1, size and root (see `contentKey` in the domain). */
export type Contents = {
  /** The key of an entry's content, which is stored where it is new. */
  keyOf(entry: Entry): number;
  /** Deletes the content if no entry has it any more. */
  dropUnused(key: number): void;
};

/** SQL: the key of the content with a SHA-1, a size and a root or none. */
export const FIND_CONTENT = 'SELECT key FROM content WHERE sha1 = ? AND size_bytes = ? AND root IS ?';

export function createContents(database: Database): Contents {
  const find = database.prepare<[Buffer, number, Buffer | null], number>(FIND_CONTENT).pluck();
  const insert = database.prepare('INSERT INTO content (sha1, size_bytes, root) VALUES (?, ?, ?)');
  const dropUnused = database.prepare(
    'DELETE FROM content WHERE key = @key AND NOT EXISTS (SELECT 1 FROM entry WHERE content = @key)',
  );
  return {
    keyOf: ({ sha1, sizeBytes, root }) => {
      const sha1Bytes = Buffer.from(sha1, 'hex');
      const rootBytes = root === undefined ? null : Buffer.from(root, 'hex');
      const known = find.get(sha1Bytes, sizeBytes, rootBytes);
      return known ?? Number(insert.run(sha1Bytes, sizeBytes, rootBytes).lastInsertRowid);
    },
    dropUnused: (key) => {
      dropUnused.run({ key });
    },
  };
}
