import type { IndexerHandlers } from './indexer-thread.ts';
import type { Thread } from './threads.ts';
import type { WriterHandlers } from './writer-thread.ts';

/** A segment that was damaged and is left out, and the peers that have to send their lists again. */
export type Damage = { readonly segment: number; readonly ids: readonly string[] };

/** Takes damaged segments out of the catalog, which heals as their peers send their lists again. */
export type Mending = {
  /** A thread met damage in a segment. */
  readonly report: (segment: number) => void;
  /** Whether the segment was damaged and is out of the catalog by now. */
  readonly isMended: (segment: number) => Promise<boolean>;
};

export function createMending(options: {
  readonly writer: Pick<Thread<WriterHandlers>, 'call'>;
  readonly builder: Pick<Thread<IndexerHandlers>, 'call'>;
  /** Whether some of a segment’s lists are about to be put into effect: then its time comes when it is read again. */
  readonly isHeld: (segment: number) => boolean;
  readonly onDamage: (damage: Damage) => void;
  /** Has all threads close it. */
  readonly refresh: () => Promise<void>;
  readonly remove: (segment: number) => Promise<void>;
}): Mending {
  const { writer, builder, isHeld, onDamage, refresh, remove } = options;
  const mended = new Map<number, Promise<boolean>>();

  async function mend(segment: number): Promise<boolean> {
    const lists = await builder.call('listsIn', [segment]);
    const ids = await writer.call('dropSegment', [segment, lists]);
    if (ids === undefined) return false;
    onDamage({ segment, ids });
    refresh()
      .then(() => remove(segment))
      .catch(() => {
        // A thread has ended, and its file with it: the next start removes what no row names.
      });
    return true;
  }

  return {
    report: (segment) => {
      if (mended.has(segment) || isHeld(segment)) return;
      const done = mend(segment).catch(() => {
        // The disk is full, or the catalog is being closed: whoever reads the segment next reports it again.
        mended.delete(segment);
        return false;
      });
      mended.set(segment, done);
    },
    isMended: async (segment) => (await mended.get(segment)) ?? false,
  };
}
