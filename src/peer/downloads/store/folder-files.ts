import type { ErrorCode, SwapmeetError } from '../../../domain/errors.ts';
import type { QueueDatabase } from './queue-database.ts';

/** One file of a folder. */
export type FolderFile = {
  readonly number: number;
  /** Below the target, `/`-separated, as the publisher has it. */
  readonly path: string;
  readonly sha1: string;
  readonly root: string | undefined;
  readonly sizeBytes: number;
  readonly partPath: string | undefined;
};

/** One that is not there yet. */
export type MissingFile = FolderFile & {
  /** Whether an earlier one of its content is missing, too, and none is there: that one comes first, and is copied then. */
  readonly isAwaiting: boolean;
};

/** A file is there now, or never will be. */
export type FileOutcome = {
  readonly number: number;
  readonly sizeBytes: number;
  /** Where it is below the target, where that is not its path. */
  readonly placed?: string | undefined;
  /** Whether it is on the disk, too. */
  readonly isFlushed?: boolean | undefined;
  readonly error?: SwapmeetError | undefined;
};

/** Which files of a folder: those of at most so many bytes or the larger ones, from after a number on. */
export type FilesWanted = {
  readonly which: 'small' | 'large';
  readonly smallBytesMax: number;
  readonly after: number;
  readonly limit: number;
};

/** The files of folders, by the id of the download. */
export type FolderFiles = {
  /** In their order. */
  missingFiles(id: string, wanted: FilesWanted): readonly MissingFile[];
  /** kill -9 does not lose it; a power cut may, and then the disk is looked at. */
  setFiles(id: string, outcomes: readonly FileOutcome[]): void;
  setFilePart(id: string, number: number, partPath: string | undefined): void;
  /** Some that are there but perhaps not on the disk yet, by where they are below the target. */
  unflushedFiles(id: string, limit: number): readonly { readonly number: number; readonly place: string }[];
  setFlushed(id: string, numbers: readonly number[]): void;
  /** The first file that failed, why, and how many failed for that reason. */
  firstFailure(id: string): FirstFailure | undefined;
  /** Those that failed, in their order, from after a number on. */
  failedFiles(id: string, after: number, limit: number): readonly FailedFile[];
};

export type FailedFile = {
  readonly number: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly code: ErrorCode;
  readonly message: string;
};

export type FirstFailure = { readonly path: string; readonly message: string; readonly alike: number };

export const STATE = { missing: 0, there: 1, flushed: 2, failed: 3 } as const;
/** The states of files that are there. */
export const THERE_STATES = [STATE.there, STATE.flushed] as const;
const THERE = `(${THERE_STATES.join(', ')})`;

const FOLDER = '(SELECT number FROM download WHERE id = @id)';

type MissingRow = Omit<FolderFile, 'root' | 'partPath'> & {
  readonly root: string | null;
  readonly partPath: string | null;
  readonly isAwaiting: number;
};

/** Files that have the content of `file` and lie in the same folder. */
const COPIES = `SELECT 1 FROM folder_file AS copy WHERE copy.folder = file.folder
  AND copy.sha1 = file.sha1 AND copy.root IS file.root AND copy.size_bytes = file.size_bytes`;

export function createFolderFiles(queue: QueueDatabase): FolderFiles {
  return { ...createReading(queue), ...createNoting(queue) };
}

function createReading({ database, run }: QueueDatabase) {
  const missing = database.prepare<[Omit<FilesWanted, 'which'> & { id: string; isSmall: number }], MissingRow>(
    `SELECT number, path, sha1, root, size_bytes AS sizeBytes, part_path AS partPath,
        EXISTS (${COPIES} AND copy.state = ${STATE.missing} AND copy.number < file.number)
          AND NOT EXISTS (${COPIES} AND copy.state IN ${THERE}) AS isAwaiting
      FROM folder_file AS file
      WHERE folder = ${FOLDER} AND state = ${STATE.missing} AND number > @after
        AND (size_bytes <= @smallBytesMax) = @isSmall
      ORDER BY number LIMIT @limit`,
  );
  const unflushed = database.prepare<[{ id: string; limit: number }], { number: number; place: string }>(
    `SELECT number, ifnull(placed, path) AS place FROM folder_file
      WHERE folder = ${FOLDER} AND state = ${STATE.there} LIMIT @limit`,
  );
  const failure = database.prepare<[{ id: string }], FirstFailure>(
    `SELECT path, error_message AS message, (SELECT count(*) FROM folder_file AS other WHERE other.folder = file.folder
        AND other.state = ${STATE.failed} AND other.error_message = file.error_message) AS alike
      FROM folder_file AS file WHERE folder = ${FOLDER} AND state = ${STATE.failed} ORDER BY number LIMIT 1`,
  );
  const failed = database.prepare<[{ id: string; after: number; limit: number }], FailedFile>(
    `SELECT number, path, size_bytes AS sizeBytes, error_code AS code, error_message AS message FROM folder_file
      WHERE folder = ${FOLDER} AND state = ${STATE.failed} AND number > @after ORDER BY number LIMIT @limit`,
  );
  return {
    failedFiles: (id: string, after: number, limit: number) => run(() => failed.all({ id, after, limit })),
    missingFiles: (id: string, { which, ...wanted }: FilesWanted): readonly MissingFile[] =>
      run(() => missing.all({ ...wanted, id, isSmall: which === 'small' ? 1 : 0 }).map(fromRow)),
    unflushedFiles: (id: string, limit: number) => run(() => unflushed.all({ id, limit })),
    firstFailure: (id: string) => run(() => failure.get({ id })),
  };
}

function fromRow({ root, partPath, isAwaiting, ...row }: MissingRow): MissingFile {
  return { ...row, root: root ?? undefined, partPath: partPath ?? undefined, isAwaiting: isAwaiting === 1 };
}

function createNoting({ database, run, runUnsynced }: QueueDatabase) {
  const numberOf = database.prepare<[string], number>('SELECT number FROM download WHERE id = ?').pluck();
  const setFile = database.prepare<[number, string | null, string | null, string | null, number, number]>(
    `UPDATE folder_file SET state = ?, placed = ?, part_path = NULL, error_code = ?, error_message = ?
      WHERE folder = ? AND number = ? AND state = ${STATE.missing}`,
  );
  const countFolder = database.prepare<[number, number, number]>(
    'UPDATE folder SET files_done = files_done + ?, files_failed = files_failed + ? WHERE number = ?',
  );
  const countDownload = database.prepare<[number, number]>(
    'UPDATE download SET verified_bytes = verified_bytes + ? WHERE number = ?',
  );
  const setPart = database.prepare<[string | null, number, number]>(
    'UPDATE folder_file SET part_path = ? WHERE folder = ? AND number = ?',
  );
  const flushed = database.prepare<[number, number]>(
    `UPDATE folder_file SET state = ${STATE.flushed} WHERE folder = ? AND number = ? AND state = ${STATE.there}`,
  );

  function setAll(folder: number, outcomes: readonly FileOutcome[]): void {
    let [done, failed, bytes] = [0, 0, 0];
    for (const { number, sizeBytes, placed, isFlushed, error } of outcomes) {
      const state = error ? STATE.failed : isFlushed ? STATE.flushed : STATE.there;
      const { changes } = setFile.run(
        state,
        placed ?? null,
        error?.code ?? null,
        error?.message ?? null,
        folder,
        number,
      );
      if (changes === 0) continue;
      if (error) failed += 1;
      else [done, bytes] = [done + 1, bytes + sizeBytes];
    }
    countFolder.run(done, failed, folder);
    countDownload.run(bytes, folder);
  }

  return {
    setFiles: (id: string, outcomes: readonly FileOutcome[]): void => {
      runUnsynced(() => {
        setAll(numberOf.get(id) ?? 0, outcomes);
      });
    },
    setFilePart: (id: string, number: number, partPath: string | undefined): void =>
      void run(() => setPart.run(partPath ?? null, numberOf.get(id) ?? 0, number)),
    setFlushed: (id: string, numbers: readonly number[]): void => {
      run(() => {
        const folder = numberOf.get(id) ?? 0;
        database.transaction(() => {
          for (const number of numbers) flushed.run(folder, number);
        })();
      });
    },
  };
}
