import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareText } from './text-order.ts';

test('astral characters come after all others', () => {
  assert.ok(compareText('\u{1F600}', '\uFFFD') > 0);
  assert.ok(compareText('a', 'ab') < 0);
  assert.equal(compareText('', ''), 0);
});

test('the order is that of the UTF-8 bytes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '/', 'é', '\uD7FF', '\uE000', '\uFFFD', '\u{10000}', '\u{10FFFF}'),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareText(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
