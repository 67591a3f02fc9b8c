import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveSegment } from '../../../test/support/index-states.ts';
import { eachRepeated } from './repeated-entries.ts';
import { extentOfList, pathOfEntry } from './segment.ts';

const CONTENT = { sizeBytes: 1, sha1: 'a'.repeat(40) };

const path = fc
  .array(fc.constantFrom('a', 'b', 'Ab', 'é', 'lib', 'lib.so'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const parts = fc.array(fc.array(path, { maxLength: 12 }), { maxLength: 5 });

describe('entries of a list’s parts', () => {
  it('are told when a later part has their path', () => {
    fc.assert(
      fc.property(parts, (some) => {
        const all = some.map((paths, key) => {
          const entries = paths.map((each) => ({ path: each, ...CONTENT }));
          const { segment } = liveSegment(key, [
            { peer: 1, list: 1, entries: [{ path: 'another list', ...CONTENT }] },
            { peer: 1, list: 2, entries },
          ]);
          return { key, segment, list: 1 };
        });
        const told: string[] = [];
        eachRepeated(all, ({ key, segment }, entry) => {
          assert.ok(entry >= extentOfList(segment, 1).entry);
          told.push(`${key} ${pathOfEntry(segment, entry)}`);
        });
        const expected = some.flatMap((paths, key) =>
          [...new Set(paths)]
            .filter((each) =>
              some
                .slice(key + 1)
                .flat()
                .includes(each),
            )
            .map((each) => `${key} ${each}`),
        );
        assert.deepEqual(told.sort(), expected.sort());
      }),
    );
  });
});
