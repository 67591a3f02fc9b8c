import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveSegment, stateOf } from '../../../test/support/index-states.ts';
import { createStandings, GONE, isSource, numberOf } from './standings.ts';

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
  const [first, second, third] = [0, 1, 2].map((list) => standings.of(0, list));
  assert.deepEqual([first, second, third].map(isSourceOf), [false, true, false]);
  assert.equal(third, GONE);
  assert.deepEqual(
    [first, second].map((standing) => standings.peer(numberOf(standing ?? GONE))),
    [offline, online],
  );
  assert.equal(standings.of(1, 0), second, 'a peer has one number, however many of its lists there are');
  assert.equal(standings.of(0, 1), second);
});

function isSourceOf(standing: number | undefined): boolean {
  return isSource(standing ?? GONE);
}
