import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anyText } from '../../test/support/any-text.ts';
import { printable, printableJson } from './printable.ts';

const HOSTILE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

test('names that would drive the terminal are shown, not obeyed', () => {
  assert.equal(printable('a\u001b[2Jb'), 'a\ufffd[2Jb');
  assert.equal(printable('song\u202egnp.exe'), 'song\ufffdgnp.exe');
  assert.equal(printable('two\r\nlines\u2028more\u009b'), 'two\ufffd\ufffdlines\ufffdmore\ufffd');
  assert.equal(printable('half \ud800'), 'half \ufffd');
});

test('names in any language stay as they are', () => {
  for (const name of ['Grüße & 日本.bin', 'नमस्ते', 'שלום', 'العربية', '👩‍👩‍👧 family.jpg', 'a\u00a0b']) {
    assert.equal(printable(name), name);
  }
});

test('whatever the text, nothing unsafe is left', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      assert.doesNotMatch(printable(text), HOSTILE);
      assert.equal([...printable(text).matchAll(/./gsu)].length, [...text.matchAll(/./gsu)].length);
    }),
  );
});

test('JSON is harmless on a terminal, too, and means the same', () => {
  fc.assert(
    fc.property(anyText(), (name) => {
      const json = printableJson({ name });
      assert.doesNotMatch(json, HOSTILE);
      assert.deepEqual(JSON.parse(json), { name });
    }),
  );
});
