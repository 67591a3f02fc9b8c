import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { openDownloadStore, type DownloadStore } from './download-store.ts';
import type { Place } from './in-order.ts';
import type { MoveTarget } from './moves.ts';

const COUNT = 12;
const IDS = Array.from({ length: COUNT }, (_, at) => String.fromCharCode(97 + at));

async function openStore(t: TestContext): Promise<DownloadStore> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-moves-'));
  const store = openDownloadStore(join(folder, 'downloads.db'));
  t.after(async () => {
    store.close();
    await rm(folder, { recursive: true });
  });
  for (const id of IDS) {
    const paths = { folder: '/f', path: `/f/${id}` };
    const sizes = { sizeBytes: 1, verifiedBytes: 0 };
    store.add({ id, isFolder: false, name: id, sha1: id.repeat(40), ...paths, ...sizes, outcome: { kind: 'open' } });
  }
  return store;
}

function orderOf(store: DownloadStore): string {
  return store
    .page({})
    .rows.map(({ id }) => id)
    .join('');
}

/** Asserts at each part that nothing has changed its place. */
function makeRoom(store: DownloadStore, id: string, count: number, limit: number): void {
  const order = orderOf(store);
  for (let after: Place | undefined, isFirst = true; isFirst || after; isFirst = false) {
    after = store.makeRoomBefore(id, count, after, limit);
    assert.equal(orderOf(store), order);
  }
  assert.ok(store.hasRoomBefore(id, count));
}

function moveInParts(store: DownloadStore, ids: readonly string[], to: MoveTarget, limit: number): void {
  const parts = Array.from({ length: Math.ceil(ids.length / limit) }, (_, at) =>
    ids.slice(at * limit, (at + 1) * limit),
  );
  let following = ids.length;
  for (const part of to === 'front' ? parts.reverse() : parts) {
    if (typeof to !== 'string' && !store.hasRoomBefore(to.beforeId, following)) {
      makeRoom(store, to.beforeId, following, limit);
    }
    following -= part.length;
    store.move(part, to, following);
  }
}

function moved(order: string, ids: readonly string[], to: MoveTarget): string {
  const others = Array.from(order).filter((id) => !ids.includes(id));
  const at = to === 'front' ? 0 : to === 'back' ? others.length : others.indexOf(to.beforeId);
  return others.toSpliced(at, 0, ...ids).join('');
}

describe('moves in the queue', () => {
  it('lead to the same order in parts of any size as on the whole', async (t) => {
    const store = await openStore(t);
    const target = fc.oneof(
      fc.constantFrom('front' as const, 'back' as const),
      fc.constantFrom(...IDS).map((beforeId) => ({ beforeId })),
    );
    const step = fc.record({ chosen: fc.shuffledSubarray(IDS), to: target, limit: fc.integer({ min: 1, max: COUNT }) });
    const property = fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      for (const { chosen, to, limit } of steps) {
        const ids = chosen.filter((id) => typeof to === 'string' || id !== to.beforeId);
        const wanted = moved(orderOf(store), ids, to);
        moveInParts(store, ids, to, limit);
        assert.equal(orderOf(store), wanted);
      }
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('make room between two neighbours, as often as it takes', async (t) => {
    const store = await openStore(t);
    let made = 0;
    for (let turn = 0; turn < 100; turn += 1) {
      if (!store.hasRoomBefore('c', 1)) {
        made += 1;
        makeRoom(store, 'c', 1, 5);
      }
      store.move([turn % 2 === 0 ? 'a' : 'b'], { beforeId: 'c' }, 0);
    }
    assert.equal(orderOf(store), IDS.join(''));
    assert.ok(made > 1);
  });

  it('go before nothing that is gone', async (t) => {
    const store = await openStore(t);
    assert.throws(
      () => {
        store.move(['a'], { beforeId: 'zz' }, 0);
      },
      { code: 'not-found' },
    );
    assert.throws(() => store.hasRoomBefore('zz', 1), { code: 'not-found' });
  });
});
