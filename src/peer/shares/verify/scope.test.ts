import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scopeOf } from './scope.ts';

const SHARES = [{ label: 'S', folder: '/s' }];

const name = fc.constantFrom('a', 'b', 'a b', 'a0', 'a.', 'é');
const path = fc.array(name, { maxLength: 4 }).map((names) => ['S', ...names].join('/'));

test('a scope has each named path once, in whatever order and however often it is named', () => {
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 12 }), path, (names, probe) => {
      const { ranges } = scopeOf(SHARES, names);
      const wanted = names.some((one) => probe === one || probe.startsWith(`${one}/`));
      const found = ranges.filter(({ from, to }) => probe >= from && probe < to);
      assert.equal(found.length, wanted ? 1 : 0);
      assert.equal(scopeOf(SHARES, names.toReversed().concat(names)).name, scopeOf(SHARES, names).name);
    }),
  );
});
