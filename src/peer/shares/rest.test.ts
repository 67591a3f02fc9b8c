import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restedAtMs } from './rest.ts';

const NOW_MS = 1_700_000_000_500;

function stamp(agoMs: number, sizeBytes = 1) {
  return { sizeBytes, mtimeNs: BigInt(NOW_MS - agoMs) * 1_000_000n, inode: 1n };
}

test('a file at rest may be hashed at once', () => {
  assert.equal(restedAtMs(stamp(60_000), NOW_MS), 0);
  assert.equal(restedAtMs(stamp(101), NOW_MS), 0);
});

test('one that was just written is waited with, a large one longer', () => {
  assert.equal(restedAtMs(stamp(10), NOW_MS), NOW_MS + 90);
  assert.equal(restedAtMs(stamp(10, 1_000_000_000), NOW_MS), NOW_MS + 1_990);
  assert.equal(restedAtMs(stamp(10, 1e15), NOW_MS), NOW_MS + 4_990);
});

test('a clock of whole seconds is not trusted for two of them', () => {
  assert.equal(restedAtMs(stamp(500), NOW_MS), NOW_MS + 1_500);
});

test('a time in the future does not hold a file up', () => {
  assert.equal(restedAtMs(stamp(-3_600_001), NOW_MS), NOW_MS + 100);
});
