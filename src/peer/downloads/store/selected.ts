import type { QueueDatabase } from './queue-database.ts';
import { outcomeColumns, type Outcome, type OutcomeColumns, type OutcomeKind } from './rows.ts';
import { SELECTED, selectionParameters, type Selection, type SelectionParameters } from './selection.ts';

/** What is done with many downloads at once. */
export type Selected = {
  /** In the order of the queue. */
  idsIn(selection: Selection): readonly string[];
  /** Returns how many there were. */
  setOutcomes(selection: Selection, outcome: Outcome): number;
  /** The partial files. */
  partsIn(selection: Selection): readonly string[];
  /** Takes them off the list, with all that is kept of them. Returns how many there were. */
  remove(selection: Selection): number;
  /** Takes those that are over off the list, but for so many that were added last. */
  prune(keptMax: number): void;
  /** How many there are of each outcome. */
  tally(): Readonly<Record<OutcomeKind, number>>;
};

/** A file of a folder has the folder’s id, a slash and its number. */
const ID_UNITS = 36;

export function createSelected({ database, run }: QueueDatabase): Selected {
  const idsIn = database
    .prepare<[SelectionParameters], string>(`SELECT id FROM download WHERE ${SELECTED} ORDER BY position, number`)
    .pluck();
  const partsIn = database
    .prepare<[SelectionParameters], string>(
      `SELECT part_path FROM download WHERE part_path IS NOT NULL AND ${SELECTED}
        UNION ALL SELECT part_path FROM folder_file WHERE part_path IS NOT NULL
          AND folder IN (SELECT number FROM download WHERE is_folder AND ${SELECTED})`,
    )
    .pluck();
  const setOutcomes = database.prepare<[SelectionParameters & OutcomeColumns]>(
    `UPDATE download SET outcome = @outcome, error_code = @errorCode, error_message = @errorMessage, due_ms = 0
      WHERE ${SELECTED}`,
  );
  const remove = [
    `DELETE FROM layer WHERE substr(download, 1, ${ID_UNITS}) IN (SELECT id FROM download WHERE ${SELECTED})`,
    `DELETE FROM liar WHERE substr(download, 1, ${ID_UNITS}) IN (SELECT id FROM download WHERE ${SELECTED})`,
    `DELETE FROM download WHERE ${SELECTED}`,
  ].map((text) => database.prepare<[SelectionParameters]>(text));
  const prunable = database
    .prepare<[number], string>(`SELECT id FROM download WHERE outcome = 'done' ORDER BY number DESC LIMIT -1 OFFSET ?`)
    .pluck();
  const tally = database.prepare<[], { outcome: OutcomeKind; count: number }>(
    'SELECT outcome, count(*) AS count FROM download GROUP BY outcome',
  );

  const removeAll = database.transaction((selection: Selection): number => {
    const counts = remove.map((statement) => statement.run(selectionParameters(selection)).changes);
    return counts.at(-1) ?? 0;
  });

  return {
    idsIn: (selection) => run(() => idsIn.all(selectionParameters(selection))),
    partsIn: (selection) => run(() => partsIn.all(selectionParameters(selection))),
    setOutcomes: (selection, outcome) =>
      run(() => setOutcomes.run({ ...selectionParameters(selection), ...outcomeColumns(outcome) }).changes),
    remove: (selection) => run(() => removeAll(selection)),
    prune: (keptMax) => {
      run(() => {
        const ids = prunable.all(keptMax);
        if (ids.length > 0) removeAll({ ids });
      });
    },
    tally: () =>
      run(() => {
        const counts = { open: 0, paused: 0, done: 0, failed: 0 };
        for (const { outcome, count } of tally.all()) counts[outcome] = count;
        return counts;
      }),
  };
}
