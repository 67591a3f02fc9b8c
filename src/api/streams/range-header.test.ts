import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange } from './range-header.ts';

test('a range is taken as RFC 9110 has it', () => {
  const part = (offset: number, length: number) => ({ kind: 'part', offset, length });
  assert.deepEqual(parseRange('bytes=0-', 10), part(0, 10));
  assert.deepEqual(parseRange('bytes=2-4', 10), part(2, 3));
  assert.deepEqual(parseRange('Bytes = 9-99', 10), part(9, 1));
  assert.deepEqual(parseRange('bytes=-3', 10), part(7, 3));
  assert.deepEqual(parseRange('bytes=-99', 10), part(0, 10));
  for (const beyond of ['bytes=10-', 'bytes=-0', 'bytes=999-1000']) {
    assert.deepEqual(parseRange(beyond, 10), { kind: 'unsatisfiable' }, beyond);
  }
  assert.deepEqual(parseRange('bytes=0-', 0), { kind: 'unsatisfiable' });
  for (const ignored of [undefined, '', 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=a-b']) {
    assert.deepEqual(parseRange(ignored, 10), { kind: 'whole' }, ignored);
  }
});
