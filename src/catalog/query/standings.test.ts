import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveSegment, stateOf } from '../../../test/support/index-states.ts';
import { createStandings, GONE, OFFLINE, ONLINE } from './standings.ts';

const entries = [{ path: 'a', sizeBytes: 1, sha1: 'a'.repeat(40) }];

test('a list says which peer has it, and whether that can be fetched from', () => {
  const [offline, online, gone] = [70, 80, 90];
  const state = {
    ...stateOf([
      liveSegment(
        0,
        [offline, online, gone].map((peer) => ({ peer, list: 1, entries })),
      ),
      liveSegment(1, [{ peer: online, list: 1, entries }]),
    ]),
    isCurrent: (peer: number) => peer !== gone,
    isReachable: (peer: number) => peer === online,
  };
  const standings = createStandings(state, 0);
  assert.deepEqual(
    [0, 1, 2].map((list) => standings.of(0, list)),
    [OFFLINE, ONLINE, GONE],
  );
  assert.equal(standings.of(1, 0), ONLINE);
  assert.notEqual(standings.numberOf(0, 0), standings.numberOf(0, 1));
  assert.equal(standings.numberOf(1, 0), standings.numberOf(0, 1), 'a peer has one number, whichever of its lists');
  assert.equal(standings.numberOf(0, 2), 2);
});
