import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { liveSegment, stateOf as stateWith } from '../../../test/support/index-states.ts';
import { viewPeer } from '../../domain/match.ts';
import { contentsReply, type ContentPage, type FindPage } from '../../protocol/codecs/find.ts';
import { createVisibility } from '../address-scope.ts';
import { find } from './find.ts';
import type { IndexState } from './index-state.ts';

const PLACES = ['loopback', 'private', 'public'] as const;
type Place = (typeof PLACES)[number];
const ADDRESSES = { loopback: '127.0.0.1', private: '192.168.1.5', public: '8.8.8.8' } as const;
const ENTRY = { path: 'm/50% a|b\nc.txt', sizeBytes: 1_200_003, sha1: 'a'.repeat(40) };

/** Peers that hold one content, each reachable at the place that is also its id and name. */
function stateOf(holders: readonly Place[]): IndexState {
  const views = PLACES.map((place) => viewPeer({ username: place, id: place }));
  return {
    segments: [
      liveSegment(
        0,
        holders.map((place) => ({ peer: PLACES.indexOf(place), list: 0, entries: [ENTRY] })),
      ),
    ],
    isCurrent: () => true,
    isReachable: () => true,
    addressOf: (peer) => ADDRESSES[PLACES[peer] ?? 'public'],
    viewPeer: (peer) => views[peer] ?? viewPeer({ username: '?', id: '?' }),
    peersNamed: () => [],
  };
}

function pageFor(viewer: Place, holders: readonly Place[], page: FindPage): ContentPage {
  const state = stateOf(holders);
  const isVisible = createVisibility(ADDRESSES[viewer], state);
  const payload = Buffer.from(find({ state, text: 'a', nowMs: 0, check: () => undefined }, page, isVisible));
  const decoded = contentsReply.decode(payload);
  assert.equal(payload.toString('utf8'), contentsReply.encode(decoded), 'as the codec would have written it');
  return decoded;
}

describe('what FIND shows of sources', () => {
  for (const [viewer, visible] of [
    ['loopback', PLACES],
    ['private', ['private', 'public']],
    ['public', ['public']],
  ] as const) {
    it(`to a peer seen at a ${viewer} address`, () => {
      const holders = visible.map((place) => {
        return { id: place, username: place, path: ENTRY.path, presence: 'online' as const };
      });
      const row = { ...ENTRY, sourceCount: visible.length, holderCount: visible.length, holders };
      assert.deepEqual(pageFor(viewer, PLACES, {}).rows, [row]);
      assert.deepEqual(pageFor(viewer, PLACES, { holders: 'all' }).rows, [{ ...row, holderCount: PLACES.length }]);
    });
  }

  it('and none of a content that only peers out of reach hold', () => {
    assert.deepEqual(pageFor('public', ['loopback'], {}).rows, []);
    const [row] = pageFor('public', ['loopback'], { holders: 'all' }).rows;
    assert.deepEqual(row, { ...ENTRY, sourceCount: 0, holderCount: 1, holders: [] });
  });
});

test('FIND can be stopped while it looks at the many entries of one content', () => {
  const paths = ['needle', ...Array.from({ length: 1_000 }, (_, at) => `${at}`)];
  const state = stateWith([liveSegment(0, [{ peer: 0, list: 1, entries: paths.map((path) => ({ ...ENTRY, path })) }])]);
  let checks = 0;
  const check = (): void => {
    checks += 1;
  };
  const page = contentsReply.decode(Buffer.from(find({ state, text: 'needle', nowMs: 0, check }, {})));
  assert.equal(page.rows.length, 1);
  assert.ok(checks >= paths.length);
});

test('FIND can be stopped while it looks at many contents whose SHA-1s begin alike', () => {
  const alike = Array.from({ length: 1_000 }, (_, at) => ({
    path: `${at}`,
    sizeBytes: 1,
    sha1: `${'a'.repeat(8)}${at.toString(16).padStart(32, '0')}`,
  }));
  const state = stateWith([
    liveSegment(0, [{ peer: 0, list: 1, entries: [{ ...ENTRY, path: 'needle' }] }]),
    liveSegment(1, [{ peer: 1, list: 1, entries: alike }]),
  ]);
  let checks = 0;
  const check = (): void => {
    checks += 1;
  };
  const page = contentsReply.decode(Buffer.from(find({ state, text: 'needle', nowMs: 0, check }, {})));
  assert.equal(page.rows.length, 1);
  assert.ok(checks >= alike.length);
});
