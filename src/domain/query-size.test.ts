import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSizeRange } from './query-size.ts';

const ACCEPTED: readonly (readonly [string, number, number])[] = [
  ['>100MB', 100_000_001, Infinity],
  ['>=100mb', 100_000_000, Infinity],
  ['<1KiB', 0, 1023],
  ['<=1kB', 0, 1000],
  ['=1.234567MB', 1_234_567, 1_234_567],
  ['0', 0, 0],
  ['<0', 0, -1],
  ['17B', 17, 17],
  ['1.5GB..2TiB', 1_500_000_000, 2 * 2 ** 40],
  ['1GB..1MB', 1_000_000_000, 1_000_000],
];

const REFUSED = [
  '',
  '>',
  'MB',
  '1XB',
  '-1',
  '1..',
  '..1',
  '1..2..3',
  '>1..2',
  '1e3',
  '1 MB',
  '9999999999999999',
  '1,5MB',
  '.5MB',
];

test('sizes, comparisons and ranges become bytes, both ends inclusive', () => {
  for (const [text, minBytes, maxBytes] of ACCEPTED) {
    assert.deepEqual(parseSizeRange(text), { minBytes, maxBytes }, text);
  }
});

test('all else is refused', () => {
  for (const text of REFUSED) assert.equal(parseSizeRange(text), undefined, text);
});
