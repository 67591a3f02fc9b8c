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
    buildSegment([{ peer: key, list: 0, top: tree.top }], (chunk) => chunks.push(Buffer.from(chunk)));
    const segment = openSegment(openWhole(new Uint8Array(Buffer.concat(chunks))));
    return { key, segment, dead: createBits(segment.entryCount) };
  });
  return {
    segments,
    isCurrent: () => true,
    isReachable: () => true,
    addressOf: () => undefined,
    viewPeer: (peer) => viewPeer({ username: `peer ${peer}`, id: `id-${peer}` }),
    peersNamed: () => [],
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
      fc.property(lists, fc.constantFrom('ab', 'ab cd', 'cd'), fc.nat({ max: 8 }), (some, text, most) => {
        const state = stateOf(some);
        const all = new Set(pathsFound(state, text, SEARCH_BUDGET).paths);
        const budget = { candidatesMax: 1 + most, namesMax: 2 + most, entriesMax: 4 + most };
        const { paths: found, bounded } = pathsFound(state, text, budget);
        assert.equal(new Set(found).size, found.length);
        for (const path of found) assert.ok(all.has(path));
        if (found.length < all.size) assert.ok(bounded);
        const exact = [...all].filter((path) => (path.split('/').at(-1) ?? '').replace(/^\d+ /, '') === text);
        for (const path of exact) assert.ok(found.includes(path), `${path} of ${found.join(', ')}`);
      }),
    );
  });
});
