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
import { findEntry, findInList } from './find-entry.ts';

describe('findInList', () => {
  it('finds every living entry by its path, and nothing else', () => {
    fc.assert(
      fc.property(stateArbitrary, pathArbitrary, (state, path) => {
        const living = livingOf(state);
        for (const { peer, segment, at, entry } of living) {
          assert.deepEqual(findInList(state, peer, entry.path), { segment, entry: at });
        }
        for (let peer = 0; peer < PEER_COUNT; peer += 1) {
          const isThere = living.some((other) => other.peer === peer && other.entry.path === path);
          assert.equal(findInList(state, peer, path) !== undefined, isThere);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('finds nothing at what is no path', () => {
    const entries = ['a', 'b/c'].map((path) => ({ path, sizeBytes: 1, sha1: '0'.repeat(40) }));
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }])]);
    for (const path of ['', '/', 'b', 'b/', '/a', 'a/', 'b//c', 'b/c/', '\0']) {
      assert.equal(findInList(state, 0, path), undefined, path);
    }
  });
});

describe('findEntry', () => {
  it('looks in one list of a segment, in effect or not', () => {
    const lists = [0, 1].map((list) => ({
      peer: 0,
      list,
      entries: [{ path: `x/${list}`, sizeBytes: 1, sha1: '0'.repeat(40) }],
    }));
    const live = liveSegment(0, lists, [1]);
    assert.equal(findEntry(live, 0, 'x/0'), 0);
    assert.equal(findEntry(live, 0, 'x/1'), undefined);
    assert.equal(findEntry(live, 1, 'x/1'), undefined);
  });
});
