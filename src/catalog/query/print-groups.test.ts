import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { AFTER_PRINTS, groupsByPrint, type PrintCursor } from './print-groups.ts';

function cursorOf(prints: readonly number[], name: string): PrintCursor<string> {
  let at = 0;
  const cursor = {
    print: prints[0] ?? AFTER_PRINTS,
    item: `${name} ${prints[0] ?? ''}`,
    next: () => {
      at += 1;
      cursor.print = prints[at] ?? AFTER_PRINTS;
      cursor.item = `${name} ${prints[at] ?? ''}`;
    },
  };
  return cursor;
}

it('groupsByPrint gives the items of all cursors, those of one print together, in order', () => {
  const print = fc.oneof(fc.nat({ max: 9 }), fc.constantFrom(2 ** 31, AFTER_PRINTS - 1));
  fc.assert(
    fc.property(fc.array(fc.array(print)), (lists) => {
      const sorted = lists.map((prints) => prints.toSorted((a, b) => a - b));
      const groups = [...groupsByPrint(sorted.map((prints, at) => cursorOf(prints, String(at))))];
      const expected = [...new Set(sorted.flat())]
        .sort((a, b) => a - b)
        .map((of) =>
          sorted.flatMap((prints, at) => prints.filter((one) => one === of).map((one) => `${at} ${one}`)).sort(),
        );
      assert.deepEqual(
        groups.map((items) => [...items].sort()),
        expected,
      );
    }),
  );
});
