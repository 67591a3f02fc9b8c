import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SwapmeetError } from '../../../domain/errors.ts';
import { scopeOf, type Shared } from './scope.ts';

const SHARED: Shared = { shares: [{ label: 'S', folder: '/s' }], hasFiles: () => true };

const name = fc.constantFrom('a', 'b', 'a b', 'a0', 'a.', 'é');
const path = fc.array(name, { maxLength: 4 }).map((names) => ['S', ...names].join('/'));

test('a scope has each named path once, in whatever order and however often it is named', () => {
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 12 }), path, (names, probe) => {
      const { ranges } = scopeOf(SHARED, names);
      const wanted = names.some((one) => probe === one || probe.startsWith(`${one}/`));
      const found = ranges.filter(({ from, to }) => probe >= from && probe < to);
      assert.equal(found.length, wanted ? 1 : 0);
      assert.equal(scopeOf(SHARED, names.toReversed().concat(names)).name, scopeOf(SHARED, names).name);
    }),
  );
});

test('what has no file there is no scope, but for a share', () => {
  const none: Shared = { ...SHARED, hasFiles: () => false };
  assert.equal(scopeOf(none, ['S/', '/s']).name, 'S');
  for (const name of ['S/a', 'S/a/', '/s/a', 'S/.', 'S/..', 'S/../..', '/s/..', './S', '.', '..', '/', 'Sa', 'a', '']) {
    assert.throws(
      () => scopeOf(none, ['S', name]),
      (error) => error instanceof SwapmeetError && error.code === 'not-found',
      name,
    );
  }
});
