import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { SwapmeetError } from '../../../domain/errors.ts';
import { openDownloadStore, type DownloadStore, type Outcome } from './download-store.ts';
import type { Place, QueueEnd } from './in-order.ts';
import { OUTCOMES, type OutcomeKind } from './rows.ts';
import type { Selection } from './selection.ts';

const FOLDERS = [`${sep}a`, `${sep}a${sep}b`, `${sep}ab`] as const;

type Sketch = { readonly kind: OutcomeKind; readonly folder: (typeof FOLDERS)[number] };
type Known = Sketch & { readonly id: string };

const SKETCHES = fc.array(fc.record({ kind: fc.constantFrom(...OUTCOMES), folder: fc.constantFrom(...FOLDERS) }), {
  maxLength: 25,
});

async function openStore(t: TestContext): Promise<DownloadStore> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-selected-'));
  const store = openDownloadStore(join(folder, 'downloads.db'));
  t.after(async () => {
    store.close();
    await rm(folder, { recursive: true });
  });
  return store;
}

function outcomeOf(kind: OutcomeKind): Outcome {
  return kind === 'failed' ? { kind, error: new SwapmeetError('bad-content', 'wrong') } : { kind };
}

/** Empties the queue, then fills it. */
function fill(store: DownloadStore, sketches: readonly Sketch[]): readonly Known[] {
  store.remove({ ids: rowsOf(store).map(({ id }) => id), outcomes: OUTCOMES });
  return sketches.map(({ kind, folder }, at) => {
    const id = String(at).padStart(3, '0');
    const [name, sha1, path] = [id, id.padStart(40, '0'), folder + sep + id];
    const sizes = { sizeBytes: 1, verifiedBytes: 0 };
    store.add({ id, isFolder: false, name, sha1, folder, path, ...sizes, outcome: outcomeOf(kind) });
    return { id, kind, folder };
  });
}

function rowsOf(store: DownloadStore) {
  return store.page({ limit: 1_000 }).rows;
}

/** All of a selection, some at a time. */
function selectAll(store: DownloadStore, selection: Selection, from: QueueEnd, limit: number): readonly string[] {
  const found: string[] = [];
  for (let after: Place | undefined, isFirst = true; isFirst || after; isFirst = false) {
    const part = store.select(selection, from, after, limit);
    found.push(...part.ids);
    after = part.next;
  }
  return found;
}

function isWanted({ id, kind, folder }: Known, { ids, folder: top, outcomes }: Selection): boolean {
  const isThere = top === undefined || folder === top || folder.startsWith(top + sep);
  return outcomes.includes(kind) && isThere && (ids?.includes(id) ?? true);
}

const SELECTION = fc.record({
  folder: fc.option(fc.constantFrom(...FOLDERS), { nil: undefined }),
  outcomes: fc.subarray([...OUTCOMES]),
  ids: fc.option(fc.array(fc.integer({ min: 0, max: 25 }).map((at) => String(at).padStart(3, '0'))), {
    nil: undefined,
  }),
});

describe('what is selected of the queue', () => {
  it('is the same in parts of any size, from either end, as on the whole', async (t) => {
    const store = await openStore(t);
    const property = fc.property(SKETCHES, SELECTION, fc.integer({ min: 1, max: 30 }), (sketches, selection, limit) => {
      const known = fill(store, sketches);
      const wanted = known.filter((download) => isWanted(download, selection)).map(({ id }) => id);
      assert.deepEqual(selectAll(store, selection, 'front', limit), wanted);
      assert.deepEqual(selectAll(store, selection, 'back', limit), wanted.toReversed());
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('can be changed part by part from the back, each once, and only what still is as it was', async (t) => {
    const store = await openStore(t);
    const property = fc.property(SKETCHES, fc.integer({ min: 1, max: 9 }), (sketches, limit) => {
      const known = fill(store, sketches);
      const outcomes = ['open', 'failed'] as const;
      let [count, elsewhere] = [0, 0];
      for (let after: Place | undefined, isFirst = true; isFirst || after; isFirst = false) {
        const { ids, next } = store.select({ outcomes }, 'back', after, limit);
        const [first] = ids;
        if (first !== undefined) store.setOutcome(first, { kind: 'done' });
        elsewhere += first === undefined ? 0 : 1;
        count += store.setOutcomes({ ids, outcomes }, { kind: 'open' });
        after = next;
      }
      assert.equal(count, known.filter(({ kind }) => kind === 'open' || kind === 'failed').length - elsewhere);
      assert.deepEqual([store.count('open'), store.count('failed')], [count, 0]);
    });
    fc.assert(property, { numRuns: 30 });
  });
});

describe('what is chosen of the queue', () => {
  it('is removed with all that is kept of it, and of the files of a folder', async (t) => {
    const store = await openStore(t);
    const [first, second] = fill(store, [
      { kind: 'paused', folder: FOLDERS[0] },
      { kind: 'open', folder: FOLDERS[0] },
    ]);
    assert.ok(first && second);
    store.addFolder({ id: 'f', name: 'f', folder: FOLDERS[0], path: FOLDERS[1], origin: { query: 'f' } });
    store.addFolder({ id: 'fa', name: 'fa', folder: FOLDERS[0], path: FOLDERS[2], origin: { query: 'fa' } });
    const evidence = [first.id, second.id, 'f', 'f/1', 'fa/1'];
    for (const id of evidence) {
      store.setLayer(id, Uint8Array.of(1));
      store.addLiar(id, { key: 'k', username: 'eve' });
    }
    assert.equal(store.remove({ ids: [first.id, second.id, 'f'], outcomes: ['open'] }), 2);
    const kept = [first.id, 'fa/1'];
    assert.deepEqual(
      evidence.filter((id) => store.layer(id)),
      kept,
    );
    assert.deepEqual([...store.liarsOf(evidence).keys()].toSorted(), kept);
    assert.deepEqual(
      rowsOf(store).map(({ id }) => id),
      [first.id, 'fa'],
    );
  });

  it('has the partial files of its downloads and of their files', async (t) => {
    const store = await openStore(t);
    const [first] = fill(store, [{ kind: 'open', folder: FOLDERS[0] }]);
    assert.ok(first);
    store.setPaths(first.id, { path: 'p', partPath: 'p.part' });
    store.addFolder({ id: 'f', name: 'f', folder: FOLDERS[0], path: FOLDERS[1], origin: { query: 'f' } });
    const entries = ['x', 'y'].map((path) => ({ path, sha1: path.repeat(40), sizeBytes: 1 }));
    store.addFiles('f', entries, undefined);
    store.setFilePart('f', 2, 'y.part');
    assert.deepEqual(store.partsOf({ ids: [first.id, 'f'], outcomes: ['open'] }).toSorted(), ['p.part', 'y.part']);
    assert.deepEqual(store.partsOf({ ids: [first.id, 'f'], outcomes: ['paused'] }), []);
  });

  it('forgets liars only of those with the outcome', async (t) => {
    const store = await openStore(t);
    const [failed, open] = fill(store, [
      { kind: 'failed', folder: FOLDERS[0] },
      { kind: 'open', folder: FOLDERS[0] },
    ]);
    assert.ok(failed && open);
    const ids = [failed.id, open.id];
    for (const id of ids) store.addLiar(id, { key: 'k', username: 'eve' });
    store.clearLiars({ ids, outcomes: ['failed'] });
    assert.deepEqual([...store.liarsOf(ids)], [[open.id, [{ key: 'k', username: 'eve' }]]]);
  });
});
