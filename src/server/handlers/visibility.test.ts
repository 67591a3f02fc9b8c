import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Holder } from '../../protocol/codecs/find.ts';
import type { SearchHit, Source } from '../../protocol/codecs/search.ts';
import { createSessions } from '../sessions.ts';
import type { LoggedIn } from '../session.ts';
import { find } from './find.ts';
import { search } from './search.ts';
import { sources } from './sources.ts';

const ADDRESSES = { loopback: '127.0.0.1', private: '192.168.1.5', public: '8.8.8.8' } as const;
type Place = keyof typeof ADDRESSES;
const PLACES = ['loopback', 'private', 'public'] as const;
const SHA1 = 'a'.repeat(40);
const ENTRY = { path: 'm/a.txt', sizeBytes: 1, sha1: SHA1 };

/** A peer that was seen at one of the places, which is also its id and name. */
function peerAt(place: Place): LoggedIn {
  return {
    kind: 'logged-in',
    id: place,
    username: place,
    session: {
      remoteAddress: ADDRESSES[place],
      certificate: undefined,
      state: { kind: 'open' },
      end: () => undefined,
      push: () => Promise.resolve(),
    },
    reach: { address: () => undefined, attempt: () => Promise.resolve(), stop: () => undefined },
    pulse: { beat: () => undefined },
    matches: { notify: () => undefined, again: () => undefined, stop: () => undefined },
  };
}

function sourceAt(place: Place): SearchHit & Source {
  return { ...ENTRY, id: place, username: place, address: ADDRESSES[place], port: 7475 };
}

function holderAt(place: Place): Holder {
  return { id: place, username: place, path: ENTRY.path, presence: 'online' };
}

const CONTENT = {
  ...ENTRY,
  sourceCount: PLACES.length,
  holderCount: PLACES.length,
  holders: PLACES.map(holderAt),
};

const { signal } = new AbortController();
const sessions = createSessions();
for (const place of PLACES) sessions.begin(peerAt(place));

const context = {
  catalog: {
    search: () => Promise.resolve({ rows: PLACES.map(sourceAt), next: 'cursor' }),
    sources: () => Promise.resolve(PLACES.map(sourceAt)),
    find: () => Promise.resolve({ rows: [CONTENT], next: 'cursor', total: 1, bounded: false }),
  },
  sessions,
  now: () => 0,
};

const CASES: readonly (readonly [Place, readonly Place[]])[] = [
  ['loopback', PLACES],
  ['private', ['private', 'public']],
  ['public', ['public']],
];

describe('who is shown where', () => {
  for (const [viewer, visible] of CASES) {
    it(`a peer seen at a ${viewer} address`, async () => {
      const peer = peerAt(viewer);
      const hits = await search(context, peer, { query: 'a' }, signal);
      assert.deepEqual(hits, { rows: visible.map(sourceAt), next: 'cursor' });
      const { rows } = await sources(context, peer, { sha1: SHA1 });
      assert.deepEqual(rows, visible.map(sourceAt));
      const expected = { ...CONTENT, sourceCount: visible.length, holders: visible.map(holderAt) };
      const contents = await find(context, peer, { query: 'a' }, signal);
      assert.deepEqual(contents.rows, [{ ...expected, holderCount: visible.length }]);
      const all = await find(context, peer, { query: 'a', holders: 'all' }, signal);
      assert.deepEqual(all.rows, [expected]);
    });
  }

  it('a content that only peers out of reach hold is not found', async () => {
    const nearOnly = { ...CONTENT, sourceCount: 1, holderCount: 1, holders: CONTENT.holders.slice(0, 1) };
    const find_ = () => Promise.resolve({ rows: [nearOnly], total: 1, bounded: false });
    const near = { ...context, catalog: { ...context.catalog, find: find_ } };
    assert.deepEqual((await find(near, peerAt('public'), { query: 'a' }, signal)).rows, []);
    const { rows } = await find(near, peerAt('public'), { query: 'a', holders: 'all' }, signal);
    assert.deepEqual(rows, [{ ...nearOnly, sourceCount: 0, holders: [] }]);
  });
});
