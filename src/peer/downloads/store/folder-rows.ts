import type { Entry } from '../../../domain/entry.ts';
import { LAST_POSITION } from './position.ts';
import type { QueueDatabase } from './queue-database.ts';

/** What a folder was asked for by: a folder of a peer, or all that a search finds. */
export type FolderOrigin = { readonly peerId: string; readonly path: string } | { readonly query: string };

/** What is kept of a folder, beside the row that it has as a download. */
export type StoredFolder = {
  readonly origin: FolderOrigin;
  /** Whether all its files are known. */
  readonly isListed: boolean;
  /** The cursor of the page of its list that comes next. */
  readonly listedTo: string | undefined;
  readonly files: number;
  readonly filesDone: number;
  readonly filesFailed: number;
};

export type NewFolder = {
  readonly id: string;
  readonly name: string;
  /** Absolute: what it goes into, and itself. */
  readonly folder: string;
  readonly path: string;
  readonly origin: FolderOrigin;
};

/** Folders that are downloaded, by the id of the download. */
export type FolderRows = {
  /** Adds it as the last of the queue. */
  addFolder(folder: NewFolder): void;
  /** Undefined where the download is of a file. */
  folder(id: string): StoredFolder | undefined;
  /** The id of the one of the same origin that goes to the same place. */
  findFolder(path: string, origin: FolderOrigin): string | undefined;
  /** Adds a page of its list, which a power cut may lose: it is asked for again then. `next` is the cursor of the page that follows, undefined on the last. */
  addFiles(id: string, entries: readonly Entry[], next: string | undefined): void;
};

type Row = Omit<StoredFolder, 'origin' | 'isListed' | 'listedTo'> & {
  readonly origin: string;
  readonly isListed: number;
  readonly listedTo: string | null;
};

export function createFolderRows({ database, run, runUnsynced }: QueueDatabase): FolderRows {
  const addDownload = database.prepare<[Omit<NewFolder, 'origin'>]>(
    `INSERT INTO download (id, position, is_folder, name, sha1, size_bytes, folder, path, outcome)
      VALUES (@id, ${LAST_POSITION}, 1, @name, '', 0, @folder, @path, 'open')`,
  );
  const addFolder = database.prepare<[string, string]>(
    'INSERT INTO folder (number, origin) SELECT number, ? FROM download WHERE id = ?',
  );
  const get = database.prepare<[string], Row>(
    `SELECT origin, is_listed AS isListed, listed_to AS listedTo, files, files_done AS filesDone,
        files_failed AS filesFailed
      FROM folder WHERE number = (SELECT number FROM download WHERE id = ?)`,
  );
  const find = database
    .prepare<[string, string], string>(
      'SELECT id FROM download JOIN folder USING (number) WHERE path = ? AND origin = ?',
    )
    .pluck();
  const addFiles = createFileAdder({ database });

  return {
    addFolder: ({ origin, ...download }) => {
      run(() => {
        database.transaction(() => {
          addDownload.run(download);
          addFolder.run(JSON.stringify(origin), download.id);
        })();
      });
    },
    folder: (id) => run(() => fromRow(get.get(id))),
    findFolder: (path, origin) => run(() => find.get(path, JSON.stringify(origin))),
    addFiles: (id, entries, next) => {
      runUnsynced(() => {
        addFiles(id, entries, next);
      });
    },
  };
}

function fromRow(row: Row | undefined): StoredFolder | undefined {
  if (!row) return undefined;
  const { origin, isListed, listedTo, ...tally } = row;
  return {
    ...tally,
    origin: JSON.parse(origin) as FolderOrigin,
    isListed: isListed === 1,
    listedTo: listedTo ?? undefined,
  };
}

function createFileAdder({ database }: Pick<QueueDatabase, 'database'>) {
  const known = database.prepare<[string], { number: number; files: number }>(
    'SELECT number, files FROM folder WHERE number = (SELECT number FROM download WHERE id = ?)',
  );
  const add = database.prepare<[number, number, string, string, string | null, number]>(
    'INSERT INTO folder_file (folder, number, path, sha1, root, size_bytes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const growFolder = database.prepare<[number, string | null, number, number]>(
    'UPDATE folder SET files = files + ?, listed_to = ?, is_listed = ? WHERE number = ?',
  );
  const growDownload = database.prepare<[number, number]>(
    'UPDATE download SET size_bytes = size_bytes + ? WHERE number = ?',
  );
  return (id: string, entries: readonly Entry[], next: string | undefined): void => {
    const folder = known.get(id);
    if (!folder) return;
    let sizeBytes = 0;
    for (const [at, entry] of entries.entries()) {
      add.run(folder.number, folder.files + at + 1, entry.path, entry.sha1, entry.root ?? null, entry.sizeBytes);
      sizeBytes += entry.sizeBytes;
    }
    growFolder.run(entries.length, next ?? null, next === undefined ? 1 : 0, folder.number);
    growDownload.run(sizeBytes, folder.number);
  };
}
