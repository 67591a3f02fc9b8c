import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from './errors.ts';
import { checkUsername, USERNAME_UNITS_MAX } from './username.ts';

const GOOD = ['a', 'alice smith', 'zoë', '漢字', 'O’Brien', '🎧', '..', '%', '"', 'x'.repeat(USERNAME_UNITS_MAX)];

const BAD = [
  ['', 'empty'],
  ['x'.repeat(USERNAME_UNITS_MAX + 1), 'too long'],
  ['🎧'.repeat(33), 'too long in UTF-16 code units'],
  [' a', 'a space at its beginning'],
  ['a\u00a0', 'a no-break space at its end'],
  ['a:b', 'a colon, which separates peer and path'],
  ['a/b', 'a slash'],
  ['a\\b', 'a backslash'],
  ['a|b', 'a bar'],
  ['a\nb', 'a line end'],
  ['a\0b', 'NUL'],
  ['\u202ecila', 'a character that reverses the direction of text'],
  ['al\u200bice', 'a space of no width'],
  ['al\u00adice', 'a soft hyphen'],
  ['al\u2060ice', 'a word joiner'],
  ['\u3164', 'a letter that nobody sees'],
  ['❤\ufe0f', 'a variation selector'],
  ['👩‍🚀', 'a joiner, as in emoji made of several'],
  ['zoe\u0308', 'a decomposed letter'],
  ['\ud800', 'half a surrogate pair'],
  ['\ue000', 'a private character'],
  ['\u0378', 'an unassigned character'],
] as const;

describe('checkUsername', () => {
  for (const name of GOOD) {
    it(`takes ${JSON.stringify(name)}`, () => {
      assert.equal(checkUsername(name), name);
    });
  }
  for (const [name, fault] of BAD) {
    it(`refuses one that is, or has, ${fault}`, () => {
      assert.throws(
        () => checkUsername(name),
        (error) => error instanceof SwapmeetError && error.code === 'bad-name',
      );
    });
  }
});
