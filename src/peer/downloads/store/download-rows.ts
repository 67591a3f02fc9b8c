import { LAST_POSITION } from './position.ts';
import type { QueueDatabase } from './queue-database.ts';
import {
  fromRow,
  outcomeColumns,
  ROW_COLUMNS,
  toRow,
  type Outcome,
  type OutcomeColumns,
  type Row,
  type StoredDownload,
} from './rows.ts';

/** What names a content. */
export type ContentNames = Pick<StoredDownload, 'sha1' | 'root' | 'sizeBytes'>;

/** Each download by itself. */
export type DownloadRows = {
  /** Adds it as the last. */
  add(download: StoredDownload): void;
  get(id: string): StoredDownload | undefined;
  /** The one of this content in this folder. */
  find(content: ContentNames, folder: string): StoredDownload | undefined;
  /** The ids that begin so, at most two. */
  idsOf(prefix: string): readonly string[];
  setPaths(id: string, paths: Pick<StoredDownload, 'path' | 'partPath'>): void;
  setOutcome(id: string, outcome: Outcome): void;
  /** A power cut may lose it: it is only for who looks. */
  setVerified(id: string, verifiedBytes: number): void;
};

type ContentColumns = { readonly sha1: string; readonly root: string; readonly sizeBytes: number };

export function createDownloadRows({ database, run, runUnsynced }: QueueDatabase): DownloadRows {
  const content = `sha1 = @sha1 AND ifnull(root, '') = @root AND size_bytes = @sizeBytes`;
  const add = database.prepare<[Row]>(
    `INSERT INTO download (id, position, name, sha1, root, size_bytes, verified_bytes, folder, path, part_path, outcome,
        error_code, error_message)
      VALUES (@id, ${LAST_POSITION}, @name, @sha1, @root, @sizeBytes,
        @verifiedBytes, @folder, @path, @partPath, @outcome, @errorCode, @errorMessage)`,
  );
  const get = database.prepare<[string], Row>(`SELECT ${ROW_COLUMNS} FROM download WHERE id = ?`);
  const find = database.prepare<[ContentColumns & { folder: string }], Row>(
    `SELECT ${ROW_COLUMNS} FROM download WHERE ${content} AND folder = @folder AND NOT is_folder`,
  );
  const idsOf = database
    .prepare<[{ prefix: string }], string>(
      `SELECT id FROM download WHERE id >= @prefix AND id < @prefix || char(0x10ffff) LIMIT 2`,
    )
    .pluck();
  const setPaths = database.prepare<[string, string | null, string]>(
    'UPDATE download SET path = ?, part_path = ? WHERE id = ?',
  );
  const setOutcome = database.prepare<[OutcomeColumns & { id: string }]>(
    `UPDATE download SET outcome = @outcome, error_code = @errorCode, error_message = @errorMessage WHERE id = @id`,
  );
  const setVerified = database.prepare<[number, string]>('UPDATE download SET verified_bytes = ? WHERE id = ?');

  return {
    add: (download) => void run(() => add.run(toRow(download))),
    get: (id) => run(() => fromFound(get.get(id))),
    find: (names, folder) => run(() => fromFound(find.get({ ...contentColumns(names), folder }))),
    idsOf: (prefix) => run(() => idsOf.all({ prefix })),
    setPaths: (id, { path, partPath }) => void run(() => setPaths.run(path, partPath ?? null, id)),
    setOutcome: (id, outcome) => void run(() => setOutcome.run({ id, ...outcomeColumns(outcome) })),
    setVerified: (id, verifiedBytes) => void runUnsynced(() => setVerified.run(verifiedBytes, id)),
  };
}

function contentColumns({ sha1, root, sizeBytes }: ContentNames): ContentColumns {
  return { sha1, root: root ?? '', sizeBytes };
}

function fromFound(row: Row | undefined): StoredDownload | undefined {
  return row && fromRow(row);
}
