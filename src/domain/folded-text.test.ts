import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from './fold.ts';
import { createFoldedText } from './folded-text.ts';
import { hasWholeWord } from './rank.ts';

const piece = fc.constantFrom('a', 'A', 'ab', 'b', 'é', 'ß', ' ', '-', '.', '_', '7', '日', '\u0001', '\u{1F600}', '');
const pieces = (maxLength: number) => fc.array(piece, { maxLength }).map((all) => all.join(''));

test('a folded text says the same as the rules for texts, whatever was read before', () => {
  const text = createFoldedText();
  fc.assert(
    fc.property(pieces(24), pieces(3).filter(Boolean), (name, asked) => {
      const [folded, word] = [fold(name), fold(asked)];
      fc.pre(word !== '');
      const bytes = Buffer.from(`x${name}y`, 'utf8');
      text.read(bytes, 1, bytes.length - 1);
      assert.equal(text.units, folded.length);
      assert.equal(text.has(word), folded.includes(word));
      assert.equal(text.hasWhole(word), hasWholeWord(folded, word));
      assert.equal(text.endsIn(word), folded.endsWith(word));
    }),
    { numRuns: 2_000 },
  );
});

test('a text of any length is read', () => {
  const text = createFoldedText();
  const name = `${'AB'.repeat(3_000)}c`;
  text.read(Buffer.from(name), 0, name.length);
  assert.equal(text.units, 6_001);
  assert.ok(text.has('abc'));
  assert.ok(!text.hasWhole('abc'));
});
