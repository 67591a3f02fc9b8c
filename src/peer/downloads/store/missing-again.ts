import { STATE } from './folder-files.ts';
import type { QueueDatabase } from './queue-database.ts';
import { CHOSEN, chosenParameters, type ChosenParameters } from './selection.ts';

/** Files of folders that count as missing again: some at a time, until nothing is left. */
export type MissingAgain = {
  /**
   * What was not flushed when the process ended is doubted, until it is seen to be there.
   *
   * @param limit of files
   * @returns whether others may be left
   */
  doubtUnflushed(limit: number): boolean;
  /** Failed files of folders that are open, as above. */
  retryFiles(ids: readonly string[], limit: number): boolean;
};

type FileRow = { readonly folder: number; readonly number: number; readonly sizeBytes: number };

export function createMissingAgain({ database, runUnsynced }: QueueDatabase): MissingAgain {
  const files =
    'SELECT file.folder, file.number, file.size_bytes AS sizeBytes FROM folder CROSS JOIN folder_file AS file INDEXED BY folder_file_by_state';
  const unflushed = database.prepare<[number], FileRow>(
    `${files} WHERE file.folder = folder.number AND file.state = ${STATE.there} LIMIT ?`,
  );
  const failed = database.prepare<[ChosenParameters & { limit: number }], FileRow>(
    `${files} WHERE file.folder = folder.number AND file.state = ${STATE.failed}
      AND folder.number IN (SELECT number FROM download WHERE is_folder AND ${CHOSEN}) LIMIT @limit`,
  );
  const miss = database.prepare<[number, number]>(
    `UPDATE folder_file SET state = ${STATE.missing} WHERE folder = ? AND number = ?`,
  );
  const reopen = database.prepare<[number]>(
    `UPDATE download SET outcome = 'open' WHERE number = ? AND outcome = 'done'`,
  );
  const uncountThere = database.prepare<[number, number]>(
    'UPDATE folder SET files_done = files_done - ? WHERE number = ?',
  );
  const uncountBytes = database.prepare<[number, number]>(
    'UPDATE download SET verified_bytes = verified_bytes - ? WHERE number = ?',
  );
  const uncountFailed = database.prepare<[number, number]>(
    'UPDATE folder SET files_failed = files_failed - ? WHERE number = ?',
  );

  function missAll(rows: readonly FileRow[], uncount: (folder: number, its: readonly FileRow[]) => void): void {
    for (const { folder, number } of rows) miss.run(folder, number);
    for (const [folder, its] of Map.groupBy(rows, ({ folder }) => folder)) uncount(folder, its);
  }

  return {
    doubtUnflushed: (limit) =>
      runUnsynced(() => {
        const rows = unflushed.all(limit);
        missAll(rows, (folder, its) => {
          reopen.run(folder);
          uncountThere.run(its.length, folder);
          uncountBytes.run(
            its.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
            folder,
          );
        });
        return rows.length === limit;
      }),
    retryFiles: (ids, limit) =>
      runUnsynced(() => {
        const rows = failed.all({ ...chosenParameters({ ids, outcomes: ['open'] }), limit });
        missAll(rows, (folder, its) => uncountFailed.run(its.length, folder));
        return rows.length === limit;
      }),
  };
}
