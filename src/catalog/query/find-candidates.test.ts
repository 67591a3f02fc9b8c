import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { viewPeer } from '../../domain/match.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import { createBits } from '../segment/bits.ts';
import { buildSegment } from '../segment/build.ts';
import { createListTree } from '../segment/list-tree.ts';
import { openWhole } from '../segment/segment-file.ts';
import { openSegment, pathOfEntry } from '../segment/segment.ts';
import { findCandidates } from './find-candidates.ts';
import { ALL_BUDGET, BEST_BUDGET, type SearchBudget } from './hunt.ts';
import type { IndexState } from './index-state.ts';

/** A state of one segment for each of some lists of paths. */
function stateOf(lists: readonly (readonly string[])[]): IndexState {
  const segments = lists.map((paths, key) => {
    const tree = createListTree();
    for (const path of paths) tree.add({ path, sizeBytes: 1, sha1: '0'.repeat(40) }, 1);
    const chunks: Buffer[] = [];
    buildSegment([{ peer: key, list: 0, tree }], (chunk) => chunks.push(Buffer.from(chunk)));
    const segment = openSegment(openWhole(new Uint8Array(Buffer.concat(chunks))));
    return { key, segment, dead: createBits(segment.entryCount) };
  });
  return {
    segments,
    isCurrent: () => true,
    isReachable: () => true,
    addressOf: () => undefined,
    viewPeer: (peer) => viewPeer({ username: `peer ${peer}`, id: `id-${peer}` }),
    peersNamed: (name) => [Number(name.slice('peer'.length))],
  };
}

function pathsFound(state: IndexState, text: string, budget: SearchBudget) {
  const query = parseQuery(text);
  const found = findCandidates(state, query, { scope: 'all', nowMs: 0, check: () => undefined }, budget);
  const paths = Array.from({ length: found.count }, (_, index) => {
    const at = found.segments[index] ?? 0;
    const live = state.segments[at];
    return live === undefined ? '' : `${at} ${pathOfEntry(live.segment, found.entries[index] ?? 0)}`;
  });
  return { paths, bounded: found.bounded };
}

const part = fc.constantFrom('ab', 'ab cd', 'abx', 'xab', 'cd', 'cd ab', 'x ab cd', 'y');
const paths = fc.uniqueArray(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  { maxLength: 30 },
);
const lists = fc.array(paths, { maxLength: 3 });

describe('candidates of a query that matches more than is looked at', () => {
  it('are of the matches, each once, and every exact base name is among them', () => {
    fc.assert(
      fc.property(
        lists,
        fc.constantFrom('ab', 'ab cd', 'cd'),
        fc.boolean(),
        fc.nat({ max: 8 }),
        (some, name, isOfPeer, most) => {
          const state = stateOf(some);
          const text = isOfPeer ? `peer:peer0 ${name}` : name;
          const all = new Set(pathsFound(state, text, BEST_BUDGET).paths);
          const budget = {
            ...BEST_BUDGET,
            candidatesMax: 1 + most,
            foundMin: most,
            namesMax: 2 + most,
            entriesMax: 4 + most,
          };
          const { paths: found, bounded } = pathsFound(state, text, budget);
          assert.equal(new Set(found).size, found.length);
          for (const path of found) assert.ok(all.has(path));
          if (found.length < all.size) assert.ok(bounded);
          const exact = [...all].filter((path) => (path.split('/').at(-1) ?? '').replace(/^\d+ /, '') === name);
          for (const path of exact) assert.ok(found.includes(path), `${path} of ${found.join(', ')}`);
        },
      ),
    );
  });

  it('are all of them where few match, however many names and entries are looked at', () => {
    fc.assert(
      fc.property(
        lists,
        fc.constantFrom('ab', 'cd ab', 'ab -cd', '-ab cd', 'ab/', 'size:1', 'ab size:2', 'ext:nothing', 'peer:peer0'),
        (some, text) => {
          const state = stateOf(some);
          const all = pathsFound(state, text, ALL_BUDGET);
          assert.ok(!all.bounded);
          const budget = { ...BEST_BUDGET, exactMax: 0, foundMin: all.paths.length + 1, namesMax: 1, entriesMax: 1 };
          const found = pathsFound(state, text, budget);
          assert.deepEqual(found.paths.toSorted(), all.paths.toSorted());
          assert.ok(!found.bounded);
        },
      ),
    );
  });

  it('have every exact base name among them, also where it repeats a word', () => {
    const longer = Array.from({ length: 700 }, (_, at) => `${at}-bye.mp3`);
    const state = stateOf([[...longer, 'Bye Bye Bye.mp3']]);
    assert.ok(pathsFound(state, 'Bye Bye Bye.mp3', BEST_BUDGET).paths.includes('0 Bye Bye Bye.mp3'));
  });

  it('are all of them where all are asked for', () => {
    const state = stateOf([Array.from({ length: 2_000 }, (_, at) => `${at} ab`)]);
    assert.equal(pathsFound(state, 'ab', BEST_BUDGET).paths.length, 500);
    assert.deepEqual(
      { ...pathsFound(state, 'ab', ALL_BUDGET), paths: pathsFound(state, 'ab', ALL_BUDGET).paths.length },
      { paths: 2_000, bounded: false },
    );
  });

  it('are not called bounded for exact base names, of which there may be many', () => {
    const many = stateOf([Array.from({ length: 600 }, (_, at) => `${at}/ab`)]);
    assert.deepEqual(pathsFound(many, 'ab', BEST_BUDGET).bounded, false);
    assert.deepEqual(pathsFound(many, `sha1:${'0'.repeat(40)}`, BEST_BUDGET).bounded, false);
  });

  it('are so many in any case, for somebody may share one name or one content a million times', () => {
    const many = stateOf([Array.from({ length: 100 }, (_, at) => `${at}/ab`)]);
    const budget = { ...BEST_BUDGET, exactMax: 30, candidatesMax: 10 };
    for (const text of ['ab', `sha1:${'0'.repeat(40)}`]) {
      const { paths: found, bounded } = pathsFound(many, text, budget);
      assert.ok(found.length >= 30 && found.length <= 40, String(found.length));
      assert.ok(bounded);
    }
  });
});
