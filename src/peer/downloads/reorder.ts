import { setImmediate as turnEnd } from 'node:timers/promises';
import { STEP_ROWS, type StepContext } from './steps.ts';
import type { Place } from './store/in-order.ts';
import type { MoveTarget } from './store/moves.ts';

/**
 * Moves downloads to one place of the queue, in the order of their ids, some at a time.
 *
 * @throws SwapmeetError `not-found` where the one to come before is gone, `shutting-down`
 */
export async function moveAll(context: StepContext, ids: readonly string[], to: MoveTarget): Promise<void> {
  const steps = Array.from({ length: Math.ceil(ids.length / STEP_ROWS) }, (_, at) =>
    ids.slice(at * STEP_ROWS, (at + 1) * STEP_ROWS),
  );
  let following = ids.length;
  for (const step of to === 'front' ? steps.reverse() : steps) {
    if (typeof to !== 'string') await makeRoom(context, to.beforeId, following);
    context.closing.throwIfAborted();
    following -= step.length;
    context.store.move(step, to, following);
    await turnEnd();
  }
}

/** Where all that is between two neighbours is used up, those behind make room. */
async function makeRoom({ store, closing }: StepContext, beforeId: string, count: number): Promise<void> {
  if (store.hasRoomBefore(beforeId, count)) return;
  for (let after: Place | undefined, isFirst = true; isFirst || after; isFirst = false) {
    closing.throwIfAborted();
    after = store.makeRoomBefore(beforeId, count, after, STEP_ROWS);
    await turnEnd();
  }
}
