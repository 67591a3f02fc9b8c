import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  liveSegment,
  livingOf,
  pathArbitrary,
  PEER_COUNT,
  stateArbitrary,
  stateOf,
} from '../../../test/support/index-states.ts';
import { compareText } from '../../domain/text-order.ts';
import type { FolderRow } from '../../protocol/codecs/folder.ts';
import { folder } from './folder.ts';
import type { IndexState } from './index-state.ts';

/** What lies in a folder, found by looking at all paths. */
function rowsOf(state: IndexState, peer: number, path: string | undefined): FolderRow[] {
  const top = path === undefined ? '' : `${path}/`;
  const files: FolderRow[] = [];
  const folders = new Map<string, { files: number; sizeBytes: number }>();
  for (const living of livingOf(state)) {
    if (living.peer !== peer || !living.entry.path.startsWith(top)) continue;
    const { path: below, ...held } = living.entry;
    const [name = '', ...rest] = below.slice(top.length).split('/');
    if (rest.length === 0) {
      files.push({ kind: 'file', name, ...held });
      continue;
    }
    const { files: count, sizeBytes } = folders.get(name) ?? { files: 0, sizeBytes: 0 };
    folders.set(name, {
      files: count + 1,
      sizeBytes: Math.min(sizeBytes + held.sizeBytes, Number.MAX_SAFE_INTEGER),
    });
  }
  const byName = (a: FolderRow, b: FolderRow): number => compareText(a.name, b.name);
  return [
    ...Array.from(folders, ([name, totals]): FolderRow => ({ kind: 'folder', name, ...totals })).sort(byName),
    ...files.sort(byName),
  ];
}

function allRows(state: IndexState, peer: number, path: string | undefined, limit: number): FolderRow[] {
  const rows: FolderRow[] = [];
  let after: string | undefined;
  do {
    const page = folder(state, peer, path, { after, limit }, () => undefined);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

describe('folder', () => {
  it('lists folders with what is below them, then files, page by page', () => {
    fc.assert(
      fc.property(
        stateArbitrary,
        fc.nat({ max: PEER_COUNT - 1 }),
        fc.option(pathArbitrary, { nil: undefined }),
        fc.integer({ min: 1, max: 5 }),
        (state, peer, path, limit) => {
          assert.deepEqual(allRows(state, peer, path, limit), rowsOf(state, peer, path));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves out folders of which nothing is left', () => {
    const entries = ['a/b/1', 'a/c/1', 'd/1'].map((path) => ({ path, sizeBytes: 1, sha1: '0'.repeat(40) }));
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }], [0, 2])]);
    assert.deepEqual(folder(state, 0, undefined, {}, () => undefined).rows, [
      { kind: 'folder', name: 'a', files: 1, sizeBytes: 1 },
    ]);
    assert.deepEqual(folder(state, 0, 'a', {}, () => undefined).rows, [
      { kind: 'folder', name: 'c', files: 1, sizeBytes: 1 },
    ]);
    assert.deepEqual(folder(state, 0, 'd', {}, () => undefined).rows, []);
  });

  it('refuses a cursor that no page gave', () => {
    assert.throws(() => folder(stateOf([]), 0, undefined, { after: 'x' }, () => undefined), { code: 'bad-request' });
    assert.deepEqual(folder(stateOf([]), 0, undefined, { after: 'd\0' }, () => undefined).rows, []);
  });

  it('ends where its time is over, also among what lies below one folder', () => {
    const entries = Array.from({ length: 50 }, (_, n) => ({ path: `a/b/${n}`, sizeBytes: 1, sha1: '0'.repeat(40) }));
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }])]);
    let left = 20;
    const check = (): void => {
      if ((left -= 1) < 0) throw new RangeError('time is over');
    };
    assert.throws(() => folder(state, 0, undefined, {}, check), RangeError);
  });
});
