import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createPrintFilter, mayHavePrint } from './print-filter.ts';

const print = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('print filter', () => {
  it('lets through all prints that it was made of', () => {
    fc.assert(
      fc.property(fc.array(print), (prints) => {
        const filter = createPrintFilter(Uint32Array.from(prints));
        for (const some of prints) assert.ok(mayHavePrint(filter, some));
      }),
    );
  });

  it('keeps out most others', () => {
    const prints = crypto.getRandomValues(new Uint32Array(10_000));
    const filter = createPrintFilter(prints);
    const others = crypto.getRandomValues(new Uint32Array(10_000));
    const passed = others.filter((other) => mayHavePrint(filter, other)).length;
    assert.ok(passed < others.length / 16, `${passed} of ${others.length} passed`);
  });
});
