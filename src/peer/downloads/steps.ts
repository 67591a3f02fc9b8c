import { setImmediate as turnEnd } from 'node:timers/promises';
import type { DownloadContext } from './job.ts';
import type { QueueEnd, Place } from './store/in-order.ts';
import type { Selection } from './store/selection.ts';

/** So many rows are changed in some 10 ms. */
export const STEP_ROWS = 1_000;

/** To remove one costs more: what finds it by its id and its content lies anywhere in the file. */
export const REMOVAL_ROWS = 400;

export type StepContext = Pick<DownloadContext, 'store' | 'closing'>;

/**
 * The ids of a selection, some at a time, so that a change of a long queue lets others have their turn. What begins to be
 * selected behind the place that it has got to is left out.
 *
 * @throws SwapmeetError `shutting-down` when the peer stops
 */
export async function* inSteps(
  { store, closing }: StepContext,
  selection: Selection,
  from: QueueEnd = 'front',
  rows = STEP_ROWS,
): AsyncGenerator<readonly string[], void, undefined> {
  for (let after: Place | undefined, isFirst = true; isFirst || after; isFirst = false) {
    if (!isFirst) await turnEnd();
    closing.throwIfAborted();
    const { ids, next } = store.select(selection, from, after, rows);
    if (ids.length > 0) yield ids;
    after = next;
  }
}
