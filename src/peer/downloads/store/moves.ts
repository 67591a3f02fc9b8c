import { SwapmeetError } from '../../../domain/errors.ts';
import { createInOrder, type Place } from './in-order.ts';
import { POSITION_STEP } from './position.ts';
import type { QueueDatabase } from './queue-database.ts';

/** Where to in the queue. */
export type MoveTarget = 'front' | 'back' | { readonly beforeId: string };

/** The order of the queue, changed for some downloads at a time. As with `Selected`, a power cut loses what was not flushed. */
export type Moves = {
  /**
   * Puts some that exist there, in the order of their ids. Many are put before another one, or at the back, from the first
   * of them on; at the front from the last on.
   *
   * @param following so many come to the same place after them: room is left for these
   * @throws SwapmeetError `not-found` where the one to come before is gone
   */
  move(ids: readonly string[], to: MoveTarget, following: number): void;
  /** Whether so many can be put before one as the positions are. @throws SwapmeetError `not-found` */
  hasRoomBefore(id: string, count: number): boolean;
  /**
   * Makes room for so many before one: those from it on get higher positions, the last ones first, so that the order is the
   * same at any time. Called again with what it returned until that is undefined.
   *
   * @param after where it has got to
   * @param limit so many are changed
   * @throws SwapmeetError `not-found`
   */
  makeRoomBefore(id: string, count: number, after: Place | undefined, limit: number): Place | undefined;
};

export function createMoves(queue: QueueDatabase): Moves {
  const { database, run, runUnsynced } = queue;
  const ends = database.prepare<[], { least: number | null; greatest: number | null }>(
    'SELECT min(position) AS least, max(position) AS greatest FROM download',
  );
  const positionOf = database.prepare<[string], number>('SELECT position FROM download WHERE id = ?').pluck();
  const before = database
    .prepare<[number], number | null>('SELECT max(position) FROM download WHERE position < ?')
    .pluck();
  const place = database.prepare<[number, string]>('UPDATE download SET position = ?, due_ms = 0 WHERE id = ?');
  const makeRoom = createRoomMaker(queue);

  /** The positions before one, both ends excluded. */
  function gapBefore(id: string): { readonly from: number; readonly to: number } {
    const to = positionOf.get(id);
    if (to === undefined) throw new SwapmeetError('not-found', `there is no download ${id} to move before`);
    return { from: before.get(to) ?? Number.NEGATIVE_INFINITY, to };
  }

  /** Of so many in a gap the distance from one to the next. */
  function stepIn({ from, to }: ReturnType<typeof gapBefore>, count: number): number {
    return Math.min(POSITION_STEP, Math.floor((to - from) / (count + 1)));
  }

  function firstAndStep(count: number, to: MoveTarget, following: number): readonly [number, number] {
    const { least, greatest } = ends.get() ?? { least: null, greatest: null };
    if (to === 'front') return [(least ?? 0) - POSITION_STEP * count, POSITION_STEP];
    if (to === 'back') return [(greatest ?? 0) + POSITION_STEP, POSITION_STEP];
    const gap = gapBefore(to.beforeId);
    const step = stepIn(gap, count + following);
    return [gap.to - step * (count + following), step];
  }

  return {
    move: (ids, to, following) => {
      runUnsynced(() => {
        const [first, step] = firstAndStep(ids.length, to, following);
        for (const [at, id] of ids.entries()) place.run(first + at * step, id);
      });
    },
    hasRoomBefore: (id, count) => run(() => stepIn(gapBefore(id), count) > 0),
    makeRoomBefore: (id, count, after, limit) =>
      runUnsynced(() => makeRoom(gapBefore(id).to, POSITION_STEP * (count + 1), after, limit)),
  };
}

/** Moves a part of those that have at least a position back by so much. Returns how far it has got, undefined at the end. */
function createRoomMaker({ database }: QueueDatabase) {
  const inOrder = createInOrder<object>({ database }, 'id');
  const shift = database.prepare<[number, string]>(
    'UPDATE download SET position = position + ? WHERE number IN (SELECT value FROM json_each(?))',
  );
  return (least: number, by: number, after: Place | undefined, limit: number): Place | undefined => {
    const last = inOrder({ from: 'back', after, limit });
    const moved = last.filter(({ position }) => position >= least);
    shift.run(by, JSON.stringify(moved.map(({ number }) => number)));
    return moved.length === limit ? last.at(-1) : undefined;
  };
}
