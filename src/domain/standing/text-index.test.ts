import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTextIndex } from './text-index.ts';

test('a short text that others are made of is taken for frequent', () => {
  const index = createTextIndex<string>();
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  for (const text of ['benches', 'bend', 'ocaml']) index.add(text, [[bytes(text)]]);
  index.add('ocaml ben', [[bytes('ocaml')], [bytes('ben')]]);
  const path = bytes('bench/camel');
  const found: string[] = [];
  index.scan(path, { begin: 0, end: path.length, from: 0, to: path.length }, (key) => found.push(key));
  assert.deepEqual(found, []);
});
