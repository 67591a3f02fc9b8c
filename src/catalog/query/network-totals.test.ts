import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveSegment, livingOf, stateArbitrary, stateOf } from '../../../test/support/index-states.ts';
import { contentKey } from '../../domain/content.ts';
import { countContents } from './network-totals.ts';

const noCheck = (): void => undefined;

describe('countContents', () => {
  it('counts contents, and those that one peer has, as looking at every entry does', () => {
    fc.assert(
      fc.property(stateArbitrary, fc.constantFrom(1, 5, undefined), (state, readAtOnce) => {
        const holders = new Map<string, Set<number>>();
        for (const { peer, entry } of livingOf(state)) {
          const key = contentKey(entry);
          holders.set(key, (holders.get(key) ?? new Set()).add(peer));
        }
        assert.deepEqual(countContents(state, noCheck, readAtOnce), {
          contents: holders.size,
          contentsAtRisk: [...holders.values()].filter((peers) => peers.size === 1).length,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('goes on only as long as it may', () => {
    const entries = [{ path: 'a', sizeBytes: 1, sha1: '0'.repeat(40) }];
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }])]);
    const stop = (): never => {
      throw new Error('stopped');
    };
    assert.throws(() => countContents(state, stop), /stopped/);
  });
});
