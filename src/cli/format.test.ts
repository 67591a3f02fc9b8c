import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { formatAge, formatCount, formatRate, formatSize, percentOf } from './format.ts';

test('sizes have three digits and a decimal unit', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [9_995, '10.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [1_234_567, '1.23 MB'],
    [45_600_000_000, '45.6 GB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
  ];
  for (const [sizeBytes, text] of cases) assert.equal(formatSize(sizeBytes), text);
  assert.equal(formatRate(1_234_567.8), '1.23 MB/s');
});

test('no size needs more than seven characters below a thousand petabytes', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (sizeBytes) => {
      assert.match(formatSize(sizeBytes), /^(?:\d{1,3}|\d\.\d\d|\d\d\.\d) (?:B|[kMGTP]B)$/);
    }),
  );
});

test('100 percent is said only of all', () => {
  assert.equal(percentOf(0, 0), 100);
  assert.equal(percentOf(999_999, 1_000_000), 99);
  assert.equal(percentOf(1_000_000, 1_000_000), 100);
});

test('one is not many', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => formatCount(count, 'file', 'files')),
    ['0 files', '1 file', '2 files'],
  );
});

test('an age is told in the largest unit that is over', () => {
  const ages = [-1, 0, 59, 60, 3_599, 3_600, 86_399, 86_400 * 3];
  assert.deepEqual(
    ages.map((ageS) => formatAge(ageS)),
    ['0 s ago', '0 s ago', '59 s ago', '1 min ago', '59 min ago', '1 h ago', '23 h ago', '3 d ago'],
  );
});
