import { sep } from 'node:path';
import type { OutcomeKind } from './rows.ts';

/** Which downloads a command is about. All that is said must hold; an empty selection is all of them. */
export type Selection = {
  /** Whole ids. */
  readonly ids?: readonly string[] | undefined;
  /** Absolute: what goes into this folder, or into one below it. */
  readonly folder?: string | undefined;
  readonly outcomes?: readonly OutcomeKind[] | undefined;
};

/** A selection as the parameters of `SELECTED`. */
export type SelectionParameters = {
  readonly ids: string | null;
  readonly below: string | null;
  readonly outcomes: string | null;
};

/** The condition of a WHERE that a row is selected. */
export const SELECTED = `(@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))
  AND (@below IS NULL OR substr(path, 1, length(@below)) = @below)
  AND (@outcomes IS NULL OR outcome IN (SELECT value FROM json_each(@outcomes)))`;

export function selectionParameters({ ids, folder, outcomes }: Selection): SelectionParameters {
  return {
    ids: ids ? JSON.stringify(ids) : null,
    below: folder === undefined ? null : folder.endsWith(sep) ? folder : folder + sep,
    outcomes: outcomes ? JSON.stringify(outcomes) : null,
  };
}
