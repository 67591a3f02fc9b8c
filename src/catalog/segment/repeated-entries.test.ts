import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveSegment } from '../../../test/support/index-states.ts';
import { eachRepeated } from './repeated-entries.ts';
import { extentOfList, pathOfEntry } from './segment.ts';

const CONTENT = { sizeBytes: 1, sha1: 'a'.repeat(40) };

const PARTS = 32;
const FILES_A_PART = 50;

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

  for (const [how, partOf, readsMax] of [
    ['follow each other', (file: number) => Math.floor(file / FILES_A_PART), 4],
    ['lie between each other', (file: number) => file % PARTS, 2 * (2 + Math.log2(PARTS))],
  ] as const) {
    it(`are looked for in a folder of many parts that ${how} without asking each part for each name`, (t) => {
      const files = Array.from({ length: PARTS * FILES_A_PART }, (_, file) => file);
      const all = Array.from({ length: PARTS }, (_, key) => {
        const entries = files
          .filter((file) => partOf(file) === key)
          .map((file) => ({ path: `a/${String(file).padStart(6, '0')}`, ...CONTENT }));
        return { segment: liveSegment(key, [{ peer: 1, list: 1, entries }]).segment, list: 0 };
      });
      const reads = all.map(({ segment }) => t.mock.method(segment.files.names, 'find').mock);
      eachRepeated(all, () => assert.fail());
      const count = reads.reduce((sum, names) => sum + names.callCount(), 0);
      // To begin with, all are put in order.
      assert.ok(count <= readsMax * files.length + 2 * PARTS * Math.log2(PARTS), `${count} names were read`);
    });
  }
});
