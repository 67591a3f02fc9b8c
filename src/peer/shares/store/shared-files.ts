import type Database from 'better-sqlite3';
import type { Entry } from '../../../domain/entry.ts';
import { FILE_COLUMNS, HASH_COLUMNS, storedFile, type FileRow, type StoredFile } from './file-row.ts';
import { FILE_STATE, PRESENT, type FileState } from './schema.ts';

/** How many files of a share are in a state, and their sizes together. */
export type Tally = {
  readonly label: string;
  readonly state: FileState;
  readonly files: number;
  readonly bytes: number;
};

/** What is published, and what an upload needs of it. Hashes are lower-case hex. */
export type SharedFiles = {
  /**
   * In order of the paths' UTF-8 bytes, those after a path where one is given. Between two entries anything may be changed,
   * and shows from there on.
   */
  readonly entries: (after?: string) => Generator<Entry, void, undefined>;
  /** Files of some contents by their SHA-1, in order of path: of each some, where there are very many. */
  readonly ofContents: (sha1s: readonly string[]) => ReadonlyMap<string, readonly StoredFile[]>;
  /** The piece layer of a content of more than one piece. */
  readonly layer: (sha1: string, root: string) => Uint8Array | undefined;
  /** Forgets a file and its hash, unless it is damaged. Returns whether the published list changed. */
  readonly remove: (path: string) => boolean;
  readonly tallies: () => Tally[];
};

const PAGE_ENTRIES = 500;

/** So many copies of one content are tried at most when one is asked for: somebody may share 100,000 empty files. */
const COPIES_MAX = 100;

export function createSharedFiles(database: Database.Database): SharedFiles {
  const remove = database
    .prepare<[string], FileState>(`DELETE FROM file WHERE path = ? AND state <> ${FILE_STATE.damaged} RETURNING state`)
    .pluck();
  const tallies = database.prepare<[], Tally>('SELECT label, state, files, bytes FROM tally WHERE files > 0');
  return {
    entries: prepareEntries(database),
    ofContents: prepareOfContents(database),
    layer: prepareLayer(database),
    remove: (path) => remove.get(path) === FILE_STATE.current,
    tallies: () => tallies.all(),
  };
}

type EntryRow = Omit<Entry, 'root'> & { readonly root: string | null };

/** Page by page, because an open cursor would forbid every other statement until it is closed. */
function prepareEntries(database: Database.Database): SharedFiles['entries'] {
  const page = database.prepare<[string], EntryRow>(
    `SELECT file.path, file.size_bytes AS sizeBytes, ${HASH_COLUMNS}
      FROM file INDEXED BY file_present JOIN content ON content.id = file.content
      WHERE ${PRESENT} AND file.path > ? AND file.state = ${FILE_STATE.current} ORDER BY file.path LIMIT ${PAGE_ENTRIES}`,
  );
  return function* entries(after = '') {
    for (let rows = page.all(after); rows.length > 0; rows = page.all(rows.at(-1)?.path ?? '')) {
      for (const { root, ...entry } of rows) yield root === null ? entry : { ...entry, root };
    }
  };
}

/** All with one statement: SQLite plans one anew each time that what it compares with is another value. */
function prepareOfContents(database: Database.Database): SharedFiles['ofContents'] {
  const select = database
    .prepare<[string], FileRow>(
      `SELECT ${FILE_COLUMNS}
        FROM json_each(?) AS wanted JOIN content ON content.sha1 = unhex(wanted.value)
          JOIN file ON file.id IN (
            SELECT copy.id FROM file AS copy WHERE copy.content = content.id AND copy.state = ${FILE_STATE.current} LIMIT ${COPIES_MAX})
        ORDER BY file.path`,
    )
    .safeIntegers();
  return (sha1s) => Map.groupBy(select.all(JSON.stringify([...new Set(sha1s)])).map(storedFile), ({ sha1 }) => sha1);
}

function prepareLayer(database: Database.Database): SharedFiles['layer'] {
  const select = database
    .prepare<[Buffer, Buffer], Buffer>(
      `SELECT layer.bytes FROM content JOIN layer ON layer.content = content.id
        WHERE content.sha1 = ? AND content.root = ?`,
    )
    .pluck();
  return (sha1, root) => select.get(Buffer.from(sha1, 'hex'), Buffer.from(root, 'hex'));
}
