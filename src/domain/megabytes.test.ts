import assert from 'node:assert/strict';
import test from 'node:test';
import { SwapmeetError } from './errors.ts';
import { formatMegabytes, parseMegabytes } from './megabytes.ts';

// Exactness over the whole range is a property (test/property), particular texts are vectors (test/conformance).

test('a size survives formatting and parsing', () => {
  for (const sizeBytes of [0, 1, 999_999, 1_000_000, 1_234_567, Number.MAX_SAFE_INTEGER]) {
    assert.equal(parseMegabytes(formatMegabytes(sizeBytes)), sizeBytes);
  }
});

test('what is no size says what one looks like', () => {
  for (const text of ['', '1,5', '1.2345678', '9007199254.740992', '9'.repeat(1_000_000)]) {
    assert.throws(
      () => parseMegabytes(text),
      (error) => error instanceof SwapmeetError && error.code === 'bad-request' && error.message.includes('1.234567'),
    );
  }
});
