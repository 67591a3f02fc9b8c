import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createNameSet } from './name-set.ts';

const name = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom('README', 'README.md', 'readme', 'é', '日本語'),
  fc.tuple(fc.constantFrom('', 'lib', 'lib/a'), fc.stringMatching(/^[ab]{0,6}$/)).map((parts) => parts.join('')),
);
const names = fc.array(
  name.map((text) => Buffer.from(text)),
  { maxLength: 300, size: 'max' },
);

describe('a set of names', () => {
  it('numbers each name once, as they come, and orders them by their bytes', () => {
    fc.assert(
      fc.property(names, (some) => {
        const set = createNameSet();
        const numbers = some.map((bytes) => set.add(bytes, 0, bytes.length));
        const texts = some.map((bytes) => bytes.toString('hex'));
        const distinct = [...new Set(texts)];
        assert.deepEqual(
          numbers,
          texts.map((text) => distinct.indexOf(text)),
        );
        assert.equal(set.count, distinct.length);
        assert.deepEqual(
          Array.from(set.inOrder(), (number) => distinct[number]),
          distinct.toSorted(),
        );
      }),
    );
  });

  it('holds many names that differ in little', () => {
    const set = createNameSet();
    const all = Array.from({ length: 20_000 }, (_, number) => Buffer.from(`some/common/beginning-${number}`));
    for (const [number, bytes] of all.entries()) assert.equal(set.add(bytes, 0, bytes.length), number);
    const sorted = Array.from(set.inOrder(), (number) => String(all[number]));
    assert.deepEqual(sorted, all.map(String).sort());
  });
});
