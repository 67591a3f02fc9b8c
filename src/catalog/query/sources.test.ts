import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveSegment, livingOf, stateArbitrary, stateOf } from '../../../test/support/index-states.ts';
import { contentKey } from '../../domain/content.ts';
import { compareText } from '../../domain/text-order.ts';
import type { Source } from '../../protocol/codecs/search.ts';
import type { IndexState } from './index-state.ts';
import { sources } from './sources.ts';

const NOW_MS = 0;
const options = {
  whereaboutsOf: (peer: number) => (peer === 2 ? {} : { address: `192.0.2.${peer}`, port: 7475 }),
  check: () => undefined,
};

/** The sources, found by looking at every entry. */
function scan(state: IndexState, sha1: string, root: string | undefined): Source[] {
  const found = new Map<string, Source>();
  for (const { peer, entry } of livingOf(state)) {
    if (!state.isReachable(peer, NOW_MS) || entry.sha1 !== sha1 || (root !== undefined && entry.root !== root))
      continue;
    const key = `${peer} ${contentKey(entry)}`;
    const known = found.get(key);
    if (known !== undefined && compareText(known.path, entry.path) < 0) continue;
    const { id, username } = state.viewPeer(peer);
    found.set(key, { ...entry, id, username, ...options.whereaboutsOf(peer) });
  }
  return [...found.values()].sort(
    (a, b) =>
      compareText(a.username, b.username) || compareText(a.root ?? '', b.root ?? '') || a.sizeBytes - b.sizeBytes,
  );
}

describe('sources', () => {
  it('are those that looking at every entry gives', () => {
    fc.assert(
      fc.property(
        stateArbitrary,
        fc.constantFrom('0'.repeat(40), `${'0'.repeat(39)}1`, '1'.repeat(40), '2'.repeat(40)),
        fc.constantFrom(undefined, 'a'.repeat(64), 'c'.repeat(64)),
        (state, sha1, root) => {
          assert.deepEqual(sources(state, sha1, root, NOW_MS, options), scan(state, sha1, root));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('come with the key of their address', () => {
    const entries = [{ path: 'a', sizeBytes: 1, sha1: '0'.repeat(40) }];
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }])]);
    const whereaboutsOf = () => ({ address: '192.0.2.1', port: 1, key: 'a'.repeat(64) });
    const [source] = sources(state, '0'.repeat(40), undefined, NOW_MS, { ...options, whereaboutsOf });
    assert.equal(source?.key, 'a'.repeat(64));
  });

  it('look at few entries of a peer that has one content again and again', () => {
    const entries = Array.from({ length: 10_000 }, (_, at) => ({ path: `${at}`, sizeBytes: 0, sha1: '0'.repeat(40) }));
    const state = stateOf([0, 1].map((peer) => liveSegment(peer, [{ peer, list: 1, entries }])));
    let looks = 0;
    const check = (): void => {
      looks += 1;
    };
    assert.equal(sources(state, '0'.repeat(40), undefined, NOW_MS, { ...options, check }).length, 2);
    assert.ok(looks < 200, String(looks));
  });

  it('can be stopped among contents that are none of it, whose SHA-1s begin alike', () => {
    const sha1 = (at: number): string => at.toString(16).padStart(40, '0');
    const entries = Array.from({ length: 1_000 }, (_, at) => ({ path: `${at}`, sizeBytes: 0, sha1: sha1(at) }));
    const state = stateOf([liveSegment(0, [{ peer: 0, list: 1, entries }])]);
    let looks = 0;
    const check = (): void => {
      looks += 1;
      if (looks === 10) throw new Error('stopped');
    };
    assert.throws(() => sources(state, sha1(5_000), undefined, NOW_MS, { ...options, check }), /stopped/);
  });
});
