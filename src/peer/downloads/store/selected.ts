import { createInOrder, type Place, type QueueEnd } from './in-order.ts';
import type { QueueDatabase } from './queue-database.ts';
import { outcomeColumns, type Outcome, type OutcomeColumns, type OutcomeKind } from './rows.ts';
import { CHOSEN, chosenParameters, isBelow, type Chosen, type ChosenParameters, type Selection } from './selection.ts';

/** A part of a selection, and where the next one begins: undefined with the last. */
export type SelectedPart = { readonly ids: readonly string[]; readonly next: Place | undefined };

/**
 * What is done with many downloads, some at a time, so that no call takes long. `kill -9` loses nothing of what was done, a
 * power cut nothing that was done before a `flush`.
 */
export type Selected = {
  /**
   * The next of a selection, in the order of the queue if it goes from the front.
   *
   * @param limit so many are looked at; ids that are given are all looked at once
   */
  select(selection: Selection, from: QueueEnd, after: Place | undefined, limit: number): SelectedPart;
  /** Returns how many there were. */
  setOutcomes(chosen: Chosen, outcome: Outcome): number;
  /** The partial files. */
  partsOf(chosen: Chosen): readonly string[];
  /** Takes them off the list, with all that is kept of them. Returns how many there were. */
  remove(chosen: Chosen): number;
  /** How many have an outcome. */
  count(outcome: OutcomeKind): number;
  /** What was done so far is on the disk when it returns. */
  flush(): void;
};

type Found = Place & { readonly id: string; readonly path: string };

export function createSelected(queue: QueueDatabase): Selected {
  return { ...createSelecting(queue), ...createChanging(queue), remove: createRemoving(queue) };
}

function createSelecting({ database, run }: QueueDatabase) {
  const inOrder = createInOrder<Pick<Found, 'id' | 'path'>>({ database }, 'id, path');
  const byIds = database.prepare<[ChosenParameters], Found>(
    `SELECT id, path, position, number FROM download WHERE ${CHOSEN} ORDER BY position, number`,
  );
  const grounds = database.prepare<[ChosenParameters], { number: number; isFolder: number; partPath: string | null }>(
    `SELECT number, is_folder AS isFolder, part_path AS partPath FROM download
      WHERE ${CHOSEN} AND (is_folder OR part_path IS NOT NULL)`,
  );
  const fileParts = database
    .prepare<[number], string>('SELECT part_path FROM folder_file WHERE folder = ? AND part_path IS NOT NULL')
    .pluck();
  const count = database.prepare<[OutcomeKind], number>('SELECT count(*) FROM download WHERE outcome = ?').pluck();

  function look({ ids, outcomes }: Selection, from: QueueEnd, after: Place | undefined, limit: number) {
    if (ids === undefined) return inOrder({ outcomes, from, after, limit });
    const found = byIds.all(chosenParameters({ ids, outcomes }));
    return from === 'front' ? found : found.reverse();
  }

  return {
    select: (selection: Selection, from: QueueEnd, after: Place | undefined, limit: number): SelectedPart =>
      run(() => {
        const found = look(selection, from, after, limit);
        const ids = found.filter(({ path }) => isBelow(path, selection.folder)).map(({ id }) => id);
        return { ids, next: selection.ids === undefined && found.length === limit ? found.at(-1) : undefined };
      }),
    partsOf: (chosen: Chosen): readonly string[] =>
      run(() =>
        grounds
          .all(chosenParameters(chosen))
          .flatMap(({ number, isFolder, partPath }) => (isFolder === 1 ? fileParts.all(number) : (partPath ?? []))),
      ),
    count: (outcome: OutcomeKind): number => run(() => count.get(outcome) ?? 0),
  };
}

function createChanging({ database, run, runUnsynced }: QueueDatabase) {
  const setOutcomes = database.prepare<[ChosenParameters & OutcomeColumns]>(
    `UPDATE download SET outcome = @outcome, error_code = @errorCode, error_message = @errorMessage, due_ms = 0
      WHERE ${CHOSEN}`,
  );
  return {
    setOutcomes: (chosen: Chosen, outcome: Outcome): number =>
      runUnsynced(() => setOutcomes.run({ ...chosenParameters(chosen), ...outcomeColumns(outcome) }).changes),
    flush: (): void => {
      // It begins with a flush of the log, in which all of it is.
      run(() => database.pragma('wal_checkpoint(PASSIVE)'));
    },
  };
}

function createRemoving({ database, runUnsynced }: QueueDatabase) {
  const remove = database.prepare<[ChosenParameters], { id: string; isFolder: number }>(
    `DELETE FROM download WHERE ${CHOSEN} RETURNING id, is_folder AS isFolder`,
  );
  // A file of a folder has the folder’s id, a slash and its number.
  const evidence = ['layer', 'liar'].map((table) => ({
    ofDownloads: database.prepare<[string]>(`DELETE FROM ${table} WHERE download IN (SELECT value FROM json_each(?))`),
    ofFiles: database.prepare<[{ id: string }]>(
      `DELETE FROM ${table} WHERE download > @id || '/' AND download < @id || '0'`,
    ),
  }));

  return (chosen: Chosen): number =>
    runUnsynced(() => {
      const removed = remove.all(chosenParameters(chosen));
      const ids = JSON.stringify(removed.map(({ id }) => id));
      const folders = removed.filter(({ isFolder }) => isFolder === 1);
      for (const { ofDownloads, ofFiles } of evidence) {
        ofDownloads.run(ids);
        for (const { id } of folders) ofFiles.run({ id });
      }
      return removed.length;
    });
}
