import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry } from '../domain/entry.ts';
import { createParts } from './parts.ts';

const [ONE, OTHER] = ['a'.repeat(40), 'b'.repeat(40)];
const ROOTS = ['c'.repeat(64), 'd'.repeat(64)];

function entry(sha1: string, root = ROOTS[0]): Entry {
  return { path: 'share/file', sizeBytes: 10, sha1, ...(root !== undefined && { root }) };
}

describe('parts', () => {
  it('are those that each peer named last', () => {
    const parts = createParts();
    const ids = (sha1: string, root?: string) => parts.holders(sha1, root).map(({ id }) => id);
    parts.replace('ada', [entry(ONE), entry(OTHER)]);
    parts.replace('bob', [entry(ONE, ROOTS[1])]);
    assert.deepEqual(ids(ONE), ['ada', 'bob']);
    assert.deepEqual(ids(ONE, ROOTS[1]), ['bob']);
    parts.replace('ada', [entry(ONE), entry(ONE), entry(OTHER)]);
    assert.deepEqual(ids(ONE, ROOTS[0]), ['ada'], 'once, however often it says so');
    parts.replace('ada', [entry(OTHER)]);
    assert.deepEqual(ids(ONE), ['bob']);
    assert.deepEqual(ids(OTHER), ['ada']);
    parts.forget('ada');
    parts.forget('carl');
    parts.replace('bob', []);
    assert.deepEqual([...ids(ONE), ...ids(OTHER)], []);
  });

  it('of all peers take a bounded room, which those that end leave to others', () => {
    // Room for one of them.
    const parts = createParts(1_000);
    parts.replace('ada', [entry(ONE)]);
    parts.replace('ada', [entry(OTHER)]);
    assert.throws(
      () => {
        parts.replace('bob', [entry(ONE)]);
      },
      { code: 'busy' },
    );
    assert.deepEqual(parts.holders(ONE, undefined), []);
    parts.forget('ada');
    parts.replace('bob', [entry(ONE)]);
    assert.deepEqual(
      parts.holders(ONE, undefined).map(({ id }) => id),
      ['bob'],
    );
  });
});
