import assert from 'node:assert/strict';
import { compareInTree } from '../../../test/support/tree-order.ts';
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
import type { Entry } from '../../domain/entry.ts';
import { browse } from './browse.ts';
import type { IndexState } from './index-state.ts';

const peer = fc.nat({ max: PEER_COUNT - 1 });

function entriesOf(state: IndexState, of: number): Entry[] {
  return livingOf(state)
    .filter((living) => living.peer === of)
    .map(({ entry }) => entry)
    .sort((a, b) => compareInTree(a.path, b.path));
}

function browseAll(state: IndexState, of: number, path: string | undefined, limit: number): Entry[] {
  const rows: Entry[] = [];
  let after: string | undefined;
  do {
    const page = browse(state, of, path, { after, limit }, () => undefined);
    assert.ok(page.rows.length <= limit);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

function file(path: string): Entry {
  return { path, sizeBytes: 1, sha1: '0'.repeat(40) };
}

describe('browse', () => {
  it('lists all entries in order of the tree, page by page', () => {
    fc.assert(
      fc.property(stateArbitrary, peer, fc.integer({ min: 1, max: 7 }), (state, of, limit) => {
        assert.deepEqual(browseAll(state, of, undefined, limit), entriesOf(state, of));
      }),
      { numRuns: 200 },
    );
  });

  it('lists the entry at a path, and what is below it', () => {
    fc.assert(
      fc.property(stateArbitrary, peer, pathArbitrary, fc.integer({ min: 1, max: 7 }), (state, of, path, limit) => {
        const expected = entriesOf(state, of).filter((entry) => `${entry.path}/`.startsWith(`${path}/`));
        assert.deepEqual(browseAll(state, of, path, limit), expected);
      }),
      { numRuns: 200 },
    );
  });

  it('begins after any path, whether there is such an entry or not', () => {
    fc.assert(
      fc.property(stateArbitrary, peer, pathArbitrary, (state, of, after) => {
        const expected = entriesOf(state, of).filter(({ path }) => compareInTree(path, after) > 0);
        assert.deepEqual(browse(state, of, undefined, { after }, () => undefined).rows, expected);
      }),
      { numRuns: 200 },
    );
  });

  it('takes a hostile cursor for a place like another', () => {
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries: [file('a'), file('b/c')] }])]);
    for (const after of ['\0', '/', '//', '\u{10FFFF}', 'b/', 'b/c/', 'b\0/', '/'.repeat(60_000)]) {
      for (const path of [undefined, 'b', 'b/c', '', '/']) {
        assert.ok(browse(state, 0, path, { after }, () => undefined).rows.length <= 2, after);
      }
    }
  });

  it('goes down as deep as paths may be', () => {
    const deep = Array.from({ length: 2_000 }, () => 'a').join('/');
    const state = stateOf([
      liveSegment(0, [{ peer: 0, list: 1, entries: [file(deep)] }]),
      liveSegment(1, [{ peer: 0, list: 1, entries: [file(`${deep}/b`)] }]),
    ]);
    assert.deepEqual(browseAll(state, 0, undefined, 1), [file(deep), file(`${deep}/b`)]);
    assert.deepEqual(browseAll(state, 0, deep, 1), [file(deep), file(`${deep}/b`)]);
  });

  it('ends where its time is over, also among the files of one folder', () => {
    const entries = Array.from({ length: 50 }, (_, n) => file(`a/${n}`));
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }])]);
    let left = 20;
    const check = (): void => {
      if ((left -= 1) < 0) throw new RangeError('time is over');
    };
    assert.throws(() => browse(state, 0, undefined, {}, check), RangeError);
  });
});
