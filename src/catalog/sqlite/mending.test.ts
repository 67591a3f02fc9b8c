import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { SwapmeetError } from '../../domain/errors.ts';
import { createMending, type Damage, type Mending } from './mending.ts';

type Stage = {
  readonly mending: Mending;
  readonly damages: Damage[];
  readonly removed: number[];
  readonly held: Set<number>;
  /** What the writer says of a segment; an error is thrown. */
  ids: readonly string[] | undefined | SwapmeetError;
};

function stage(): Stage {
  const [damages, removed, held]: [Damage[], number[], Set<number>] = [[], [], new Set()];
  const set: Stage = {
    mending: createMending({
      writer: {
        call: (() => {
          const { ids } = set;
          return ids instanceof SwapmeetError ? Promise.reject(ids) : Promise.resolve(ids);
        }) as Parameters<typeof createMending>[0]['writer']['call'],
      },
      builder: { call: (() => Promise.resolve([1])) as Parameters<typeof createMending>[0]['builder']['call'] },
      isHeld: (segment) => held.has(segment),
      onDamage: (damage) => damages.push(damage),
      refresh: () => Promise.resolve(),
      remove: (segment) => {
        removed.push(segment);
        return Promise.resolve();
      },
    }),
    damages,
    removed,
    held,
    ids: ['id-ann'],
  };
  return set;
}

describe('a damaged segment', () => {
  it('is taken out once, however often it is met', async () => {
    const { mending, damages, removed } = stage();
    mending.report(7);
    mending.report(7);
    assert.ok(await mending.isMended(7));
    mending.report(7);
    await breathe();
    assert.deepEqual([damages, removed], [[{ segment: 7, ids: ['id-ann'] }], [7]]);
    assert.ok(!(await mending.isMended(8)));
  });

  it('stays while its lists are about to take effect, or the disk is full, and is taken out later', async () => {
    const set = stage();
    set.held.add(7);
    set.mending.report(7);
    assert.ok(!(await set.mending.isMended(7)));
    set.held.clear();
    set.ids = new SwapmeetError('disk-full', 'no room');
    set.mending.report(7);
    assert.ok(!(await set.mending.isMended(7)));
    set.ids = [];
    set.mending.report(7);
    assert.ok(await set.mending.isMended(7));
  });

  it('that was merged meanwhile is nobody’s concern', async () => {
    const set = stage();
    set.ids = undefined;
    set.mending.report(7);
    assert.ok(!(await set.mending.isMended(7)));
    assert.deepEqual([set.damages, set.removed], [[], []]);
  });
});
