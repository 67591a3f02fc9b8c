import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveSegment, type List } from '../../../test/support/index-states.ts';
import { contentKey } from '../../domain/content.ts';
import type { Entry } from '../../domain/entry.ts';
import { createFacetCounter } from '../../domain/facets.ts';
import { fold } from '../../domain/fold.ts';
import { matches, viewEntry, viewPeer, type EntryView } from '../../domain/match.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import { compareRanks, rankedWords, rankOf } from '../../domain/rank.ts';
import { contentsReply, type ContentPage, type FindPage } from '../../protocol/codecs/find.ts';
import { hasBit, setBit } from '../segment/bits.ts';
import { entryAt, listOfEntry } from '../segment/segment.ts';
import { search, type Asked } from './answer.ts';
import { find as findPayload } from './find.ts';
import { isAlive, type IndexState, type LiveSegment } from './index-state.ts';

const PEERS = ['Anna', 'bob', 'CÉLINE', 'dora smith'].map((username, peer) => viewPeer({ username, id: `id-${peer}` }));

/** Peer 3 is offline; of peer 2 the list 1 is in effect, of the others list 0. A path of a peer is alive once. */
function stateOf(segments: readonly LiveSegment[]): IndexState {
  const state: IndexState = {
    segments,
    isCurrent: (peer, list) => list === (peer === 2 ? 1 : 0),
    isReachable: (peer) => peer !== 3,
    addressOf: () => undefined,
    viewPeer: (peer) => PEERS[peer] ?? viewPeer({ username: '?', id: '?' }),
    peersNamed: (name, foldedName) =>
      PEERS.flatMap((view, peer) => (view.id === name || view.foldedUsername === foldedName ? [peer] : [])),
  };
  const seen = new Set<string>();
  for (const live of segments) {
    for (let entry = 0; entry < live.segment.entryCount; entry += 1) {
      if (!isAlive(state, live, entry)) continue;
      const key = `${live.segment.listPeers[listOfEntry(live.segment, entry)] ?? 0} ${entryAt(live.segment, entry).path}`;
      if (seen.has(key)) setBit(live.dead, entry);
      seen.add(key);
    }
  }
  return state;
}

type Living = { readonly peer: number; readonly view: EntryView };

function livingOf(state: IndexState): Living[] {
  return state.segments.flatMap((live) =>
    Array.from({ length: live.segment.entryCount }, (_, entry) => entry)
      .filter((entry) => isAlive(state, live, entry) && !hasBit(live.dead, entry))
      .map((entry) => {
        const peer = live.segment.listPeers[listOfEntry(live.segment, entry)] ?? 0;
        return { peer, view: viewEntry(entryAt(live.segment, entry), state.viewPeer(peer)) };
      }),
  );
}

/** The answer by the rules of the domain alone: every entry is looked at. */
function scan(state: IndexState, text: string, scope: 'online' | 'all') {
  const query = parseQuery(text);
  const living = livingOf(state);
  const sourcesOf = (view: EntryView): number =>
    new Set(
      living
        .filter((other) => other.peer !== 3 && contentKey(other.view.entry) === contentKey(view.entry))
        .map(({ peer }) => peer),
    ).size;
  return living
    .filter(({ peer, view }) => (scope === 'all' || peer !== 3) && matches(query, view))
    .map(({ view }) => ({ view, rank: rankOf(rankedWords(query), view, sourcesOf(view)) }))
    .sort((a, b) => compareRanks(a.rank, b.rank));
}

function ask(state: IndexState, text: string): Asked {
  return { state, text, nowMs: 0, check: () => undefined };
}

function find(asked: Asked, page: FindPage): ContentPage {
  return contentsReply.decode(Buffer.from(findPayload(asked, page)));
}

function pagesOf<Row>(page: (after: string | undefined) => { rows: readonly Row[]; next?: string | undefined }): Row[] {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const got = page(after);
    rows.push(...got.rows);
    after = got.next;
  } while (after !== undefined);
  return rows;
}

const WORDS = ['a', 'ab', 'abc', 'bcd', 'readme', 'Readme', 'notes', 'é', 'straße', '日本', '本語', '😀', 'mp3', 'x-y'];
const word = fc.constantFrom(...WORDS);
const name = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  fc.tuple(word, fc.constantFrom('mp3', 'MD', 'txt', 'tar.gz')).map((parts) => parts.join('.')),
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const hash = fc.constantFrom('0', '1', '2', '3').map((digit) => digit.repeat(40));
const entry: fc.Arbitrary<Entry> = fc
  .record({
    path,
    sizeBytes: fc.constantFrom(0, 1, 5_000_000),
    sha1: hash,
    root: fc.constantFrom(undefined, 'a'.repeat(64), 'b'.repeat(64)),
  })
  .map(({ root, ...rest }) => (root === undefined ? rest : { ...rest, root }));
const list: fc.Arbitrary<List> = fc.record({
  peer: fc.nat({ max: 3 }),
  list: fc.nat({ max: 1 }),
  entries: fc.array(entry, { maxLength: 12 }),
});
const state = fc
  .array(fc.tuple(fc.array(list, { maxLength: 4 }), fc.array(fc.nat({ max: 40 }), { maxLength: 4 })), { maxLength: 4 })
  .map((segments) => stateOf(segments.map(([lists, dead], key) => liveSegment(key, lists, dead))));
const term = fc.oneof(
  { weight: 5, arbitrary: word },
  word.map((text) => `-${text}`),
  fc.tuple(word, word).map((words) => `"${words.join(' ')}"`),
  fc.tuple(word, word).map((words) => words.join('/')),
  fc.tuple(word, word).map((words) => `-${words.join('/')}`),
  fc.constantFrom('ext:mp3', '-ext:txt', 'ext:gz,md', 'type:audio', 'size:>0', '-size:1', 'size:<6MB', '/', '.'),
  fc.constantFrom('peer:anna', '-peer:BOB', 'peer:"dora smith"', 'peer:id-2', `sha1:${'1'.repeat(40)}`),
  fc.constantFrom(`-sha1:${'2'.repeat(40)}`, `root:${'a'.repeat(64)}`),
);
const query = fc
  .array(term, { minLength: 1, maxLength: 6 })
  .map((terms) => terms.join(' '))
  .filter((text) => parses(text));

function parses(text: string): boolean {
  try {
    parseQuery(text);
    return true;
  } catch {
    return false;
  }
}

describe('queries', () => {
  it('are answered as a plain scan would: entries', () => {
    fc.assert(
      fc.property(state, query, fc.integer({ min: 1, max: 5 }), (some, text, limit) => {
        const rows = pagesOf((after) => search(ask(some, text), { after, limit }, () => ({ address: '', port: 0 })));
        assert.deepEqual(
          rows.map((row) => `${row.path} ${row.id} ${row.sha1} ${row.sizeBytes}`),
          scan(some, text, 'online').map(
            ({ view: { entry: of, peer } }) => `${of.path} ${peer.id} ${of.sha1} ${of.sizeBytes}`,
          ),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('are answered as a plain scan would: contents, their holders and facets', () => {
    fc.assert(
      fc.property(
        state,
        query,
        fc.constantFrom('online' as const, 'all' as const),
        fc.integer({ min: 1, max: 5 }),
        (some, text, holders, limit) => {
          const hits = scan(some, text, holders);
          const best = new Map<string, (typeof hits)[number]>();
          for (const hit of hits) {
            const key = contentKey(hit.view.entry);
            if (!best.has(key)) best.set(key, hit);
          }
          const rows = pagesOf((after) => find(ask(some, text), { after, limit, holders }));
          const counts = (key: string): number =>
            new Set(
              livingOf(some)
                .filter(({ peer, view }) => (holders === 'all' || peer !== 3) && contentKey(view.entry) === key)
                .map(({ peer }) => peer),
            ).size;
          assert.deepEqual(
            rows.map(
              (row) => `${row.path} ${contentKey(row)} ${row.sourceCount} ${row.holderCount} ${row.holders.length}`,
            ),
            Array.from(
              best.entries(),
              ([key, { view, rank }]) => `${view.entry.path} ${key} ${rank.sourceCount} ${counts(key)} ${counts(key)}`,
            ),
          );
          const facets = createFacetCounter();
          for (const { view } of best.values()) facets.add(view.foldedName);
          const page = find(ask(some, text), { limit, holders, facets: true });
          assert.deepEqual(page.facets, facets.facets());
          assert.equal(page.total, best.size);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('fold what is looked for like what is looked at', () => {
    const some = stateOf([
      liveSegment(
        0,
        [{ peer: 0, list: 0, entries: [{ path: 'Straße/Äpfel.TXT', sizeBytes: 1, sha1: '0'.repeat(40) }] }],
        [],
      ),
    ]);
    assert.equal(find(ask(some, fold('STRASSE apfel ext:txt')), {}).total, 1);
  });
});
