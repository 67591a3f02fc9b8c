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
import { SEARCH_BUDGET, type SearchBudget } from './hunt.ts';
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
          const all = new Set(pathsFound(state, text, SEARCH_BUDGET).paths);
          const budget = { ...SEARCH_BUDGET, candidatesMax: 1 + most, namesMax: 2 + most, entriesMax: 4 + most };
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

  it('are not called bounded for exact base names, of which there may be many', () => {
    const many = stateOf([Array.from({ length: 600 }, (_, at) => `${at}/ab`)]);
    assert.deepEqual(pathsFound(many, 'ab', SEARCH_BUDGET).bounded, false);
    assert.deepEqual(pathsFound(many, `sha1:${'0'.repeat(40)}`, SEARCH_BUDGET).bounded, false);
  });

  it('are so many in any case, for somebody may share one name or one content a million times', () => {
    const many = stateOf([Array.from({ length: 100 }, (_, at) => `${at}/ab`)]);
    const budget = { ...SEARCH_BUDGET, exactMax: 30, candidatesMax: 10 };
    for (const text of ['ab', `sha1:${'0'.repeat(40)}`]) {
      const { paths: found, bounded } = pathsFound(many, text, budget);
      assert.ok(found.length >= 30 && found.length <= 40, String(found.length));
      assert.ok(bounded);
    }
  });
});
