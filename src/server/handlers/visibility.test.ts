import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loggedIn } from '../../../test/support/logged-in.ts';
import { sourcesReply, type SearchHit, type Source } from '../../protocol/codecs/search.ts';
import { PAGE_BYTES_MAX, SOURCES_MAX } from '../../protocol/limits.ts';
import type { LoggedIn } from '../session.ts';
import { createParts } from '../parts.ts';
import { createSessions } from '../sessions.ts';
import { search } from './search.ts';
import { sources } from './sources.ts';

const ADDRESSES = { loopback: '127.0.0.1', private: '192.168.1.5', public: '8.8.8.8' } as const;
type Place = keyof typeof ADDRESSES;
const PLACES = ['loopback', 'private', 'public'] as const;
const SHA1 = 'a'.repeat(40);
const ENTRY = { path: 'm/a.txt', sizeBytes: 1, sha1: SHA1 };

/** A peer that was seen at one of the places, which is also its id and name. */
function peerAt(place: Place): LoggedIn {
  return loggedIn(place, ADDRESSES[place]);
}

function sourceAt(place: Place): SearchHit & Source {
  return { ...ENTRY, id: place, username: place, address: ADDRESSES[place], port: 7475 };
}

const { signal } = new AbortController();

const parts = createParts();

const context = {
  catalog: {
    search: () => Promise.resolve({ rows: PLACES.map(sourceAt), next: 'cursor' }),
    sources: () => Promise.resolve(PLACES.map(sourceAt)),
  },
  sessions: createSessions(parts),
  parts,
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
    });
  }

  it('a peer that can only be met, with its private addresses for its neighbours', async () => {
    const lan = [{ host: '10.0.0.5', port: 7475 }];
    const sessions = createSessions(parts);
    sessions.begin({ ...peerAt('public'), lan });
    const hidden = { ...ENTRY, id: 'public', username: 'public', key: 'a'.repeat(64) };
    const plain = { ...ENTRY, id: 'private', username: 'private' };
    const catalog = { ...context.catalog, sources: () => Promise.resolve([hidden, plain]) };
    const at = { ...context, catalog, sessions };
    const ask = async (viewer: LoggedIn, reach?: 'any') => (await sources(at, viewer, { sha1: SHA1, reach })).rows;
    assert.deepEqual(await ask(peerAt('public')), []);
    assert.deepEqual(await ask(peerAt('public'), 'any'), [{ ...hidden, addresses: lan }]);
    assert.deepEqual(await ask(peerAt('private'), 'any'), [hidden]);
  });

  it('as many sources as a reply holds, whatever they say of their parts', async () => {
    const said = createParts();
    const sessions = createSessions(said);
    const reach = { ...peerAt('public').reach, address: () => ({ address: ADDRESSES.public, port: 7475 }) };
    sessions.begin({ ...peerAt('public'), reach });
    // Each % takes three bytes.
    const path = Array.from({ length: 20 }, () => '%'.repeat(200)).join('/');
    const roots = Array.from({ length: SOURCES_MAX }, (_, at) => at.toString(16).padStart(64, '0'));
    said.replace(
      'public',
      roots.map((root) => ({ ...ENTRY, path, root })),
    );
    const catalog = { ...context.catalog, sources: () => Promise.resolve([]) };
    const reply = await sources({ ...context, catalog, sessions, parts: said }, peerAt('private'), {
      sha1: SHA1,
      reach: 'any',
    });
    assert.ok(reply.rows.length > 0 && reply.rows.length < SOURCES_MAX);
    assert.ok(Buffer.byteLength(sourcesReply.encode(reply)) <= PAGE_BYTES_MAX);
  });
});
