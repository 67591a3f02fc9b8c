import fc from 'fast-check';
import type { IndexState, LiveSegment } from '../../src/catalog/query/index-state.ts';
import { createBits, hasBit, setBit } from '../../src/catalog/segment/bits.ts';
import { buildSegment } from '../../src/catalog/segment/build.ts';
import { createListTree } from '../../src/catalog/segment/list-tree.ts';
import { openWhole } from '../../src/catalog/segment/segment-file.ts';
import { entryAt, extentOfList, openSegment } from '../../src/catalog/segment/segment.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { viewPeer } from '../../src/domain/match.ts';

/** A list, or a part of one, that a segment is to have. */
export type List = { readonly peer: number; readonly list: number; readonly entries: readonly Entry[] };

/** An entry of a list in effect. */
export type Living = { readonly peer: number; readonly segment: number; readonly at: number; readonly entry: Entry };

export const PEER_COUNT = 4;
/** The peer that is never reachable. */
export const OFFLINE_PEER = 3;

/** @param dead entries that were removed since */
export function liveSegment(key: number, lists: readonly List[], dead: readonly number[] = []): LiveSegment {
  const chunks: Buffer[] = [];
  buildSegment(
    lists.map(({ peer, list, entries }) => {
      const tree = createListTree();
      for (const [at, entry] of entries.entries()) tree.add(entry, at + 1);
      return { peer, list, tree };
    }),
    (chunk) => chunks.push(Buffer.from(chunk)),
  );
  const segment = openSegment(openWhole(new Uint8Array(Buffer.concat(chunks))));
  const bits = createBits(segment.entryCount);
  for (const entry of dead) if (entry < segment.entryCount) setBit(bits, entry);
  return { key, segment, dead: bits };
}

/** The state of these segments, in which list 1 of each peer is in effect. Of entries with one path, the first one stays alive. */
export function stateOf(segments: readonly LiveSegment[]): IndexState {
  const views = Array.from({ length: PEER_COUNT }, (_, peer) =>
    viewPeer({ username: `user ${peer}`, id: `id-${peer}` }),
  );
  const state: IndexState = {
    segments,
    isCurrent: (_peer, list) => list === 1,
    isReachable: (peer) => peer !== OFFLINE_PEER,
    addressOf: () => undefined,
    viewPeer: (peer) => views[peer] ?? viewPeer({ username: '?', id: '?' }),
    peersNamed: () => [],
  };
  const seen = new Set<string>();
  for (const { peer, segment, at, entry } of livingOf(state)) {
    const key = `${peer} ${entry.path}`;
    const live = segments[segment];
    if (live !== undefined && seen.has(key)) setBit(live.dead, at);
    seen.add(key);
  }
  return state;
}

/** All entries that are alive, found by looking at each. */
export function livingOf(state: IndexState): readonly Living[] {
  return state.segments.flatMap(({ segment, dead }, segmentAt) =>
    Array.from({ length: segment.listCount }, (_, list) => {
      const [peer, number] = [segment.listPeers[list] ?? 0, segment.listNumbers[list] ?? 0];
      const { entry: from, entriesEnd: to } = extentOfList(segment, list);
      return Array.from({ length: to - from }, (_, index) => from + index)
        .filter((at) => state.isCurrent(peer, number) && !hasBit(dead, at))
        .map((at) => ({ peer, segment: segmentAt, at, entry: entryAt(segment, at) }));
    }).flat(),
  );
}

const NAMES = ['a', 'a b', 'a!', 'a0', 'B', 'é', '\uFFFD', '\u{1F600}', '日本', 'readme.md'];

export const pathArbitrary = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'));

/** Entries of few contents, some of which have the first bytes of their SHA-1 in common. */
const entryArbitrary: fc.Arbitrary<Entry> = fc
  .record({
    path: pathArbitrary,
    sizeBytes: fc.constantFrom(0, 7, 5_000_000, Number.MAX_SAFE_INTEGER),
    sha1: fc.constantFrom('0'.repeat(40), `${'0'.repeat(39)}1`, '1'.repeat(40), 'f'.repeat(40)),
    root: fc.constantFrom(undefined, 'a'.repeat(64), 'b'.repeat(64)),
  })
  .map(({ root, ...rest }) => (root === undefined ? rest : { ...rest, root }));

const listArbitrary: fc.Arbitrary<List> = fc.record({
  peer: fc.nat({ max: PEER_COUNT - 1 }),
  list: fc.constantFrom(0, 1, 1, 1),
  entries: fc.array(entryArbitrary, { maxLength: 20 }),
});

/** States of some segments with some lists each; parts of one list lie in several. */
export const stateArbitrary: fc.Arbitrary<IndexState> = fc
  .array(fc.tuple(fc.array(listArbitrary, { maxLength: 5 }), fc.array(fc.nat({ max: 60 }), { maxLength: 20 })), {
    maxLength: 4,
  })
  .map((segments) => stateOf(segments.map(([lists, dead], key) => liveSegment(key, lists, dead))));
