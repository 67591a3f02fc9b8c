import { sep } from 'node:path';
import type { OutcomeKind } from './rows.ts';

/** Which downloads a command is about: all that is said must hold. */
export type Selection = {
  /** Whole ids. */
  readonly ids?: readonly string[] | undefined;
  /** Absolute: what goes into this folder, or into one below it. */
  readonly folder?: string | undefined;
  readonly outcomes: readonly OutcomeKind[];
};

/** Some downloads by their ids, as long as they have one of these outcomes. */
export type Chosen = { readonly ids: readonly string[]; readonly outcomes: readonly OutcomeKind[] };

/** The condition of a WHERE that a row is chosen: it looks at these ids alone, however many others there are. */
export const CHOSEN = `id IN (SELECT value FROM json_each(@ids))
  AND outcome IN (SELECT value FROM json_each(@outcomes))`;

/** What is chosen as the parameters of `CHOSEN`. */
export type ChosenParameters = { readonly ids: string; readonly outcomes: string };

export function chosenParameters({ ids, outcomes }: Chosen): ChosenParameters {
  return { ids: JSON.stringify(ids), outcomes: JSON.stringify(outcomes) };
}

/** Whether a path is below a folder; all are where none is named. */
export function isBelow(path: string, folder: string | undefined): boolean {
  return folder === undefined || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
