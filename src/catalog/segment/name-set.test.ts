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

/** All texts of so many blocks, each a Thue–Morse sequence or its complement: polynomials that are equal, modulo 2^32, at every odd number. */
function thueMorseNames(blocks: number): Buffer[] {
  const rows = ['!a', 'a!'].map((letters) =>
    Array.from({ length: 64 }, (_, at) => letters[at.toString(2).replaceAll('0', '').length % 2]).join(''),
  );
  return Array.from({ length: 2 ** blocks }, (_, number) =>
    Buffer.from(Array.from({ length: blocks }, (__, block) => rows[(number >>> block) & 1]).join('')),
  );
}

/** The same bytes, with a call for each that is read. */
function watched(bytes: Uint8Array, onRead: () => void): Uint8Array {
  return new Proxy(bytes, {
    get: (target, key): unknown => {
      onRead();
      return Reflect.get(target, key);
    },
  });
}

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

  it('compares hardly any names with others, even if they were chosen to have one hash', () => {
    const all = thueMorseNames(8);
    const length = all[0]?.length ?? 0;
    for (let times = 0; times < 3; times += 1) {
      const set = createNameSet();
      let reads = 0;
      const count = (): void => {
        reads += 1;
      };
      for (const bytes of all) set.add(watched(bytes, count), 0, length);
      assert.equal(set.count, all.length);
      // Each is read once for its hash and once to keep it.
      const compared = reads - 2 * all.length * length;
      assert.ok(compared <= 2 * length, `${compared} bytes were compared`);
    }
  });
});
