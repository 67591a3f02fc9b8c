import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyText } from '../../test/support/any-text.ts';
import { fold } from './fold.ts';

const ALIKE: readonly (readonly [string, string])[] = [
  ['Straße', 'STRASSE'],
  ['ẞ', 'ß'],
  ['İstanbul', 'istanbul'],
  ['ISPARTA', 'ısparta'],
  ['ΟΔΟΣ', 'οδος'],
  ['Ὀδυσσεύς', 'οδυσσευσ'],
  ['Łódź', 'lodz'],
  ['Þingvellir', 'thingvellir'],
  ['Smørrebrød', 'smorrebrod'],
  ['Ёлка', 'елка'],
  ['naïve', 'nai\u0308ve'],
  ['ﬁle', 'file'],
  ['Ｆｏｏ２', 'foo2'],
  ['ﾊﾞｽ', 'バス'],
  ['שָׁלוֹם', 'שלום'],
  ['co\u00adop\u200b', 'coop'],
  ['❤\ufe0f', '❤'],
];

const APART: readonly (readonly [string, string])[] = [
  ['バス', 'ハス'],
  ['각', '가'],
  ['हिन्दी', 'हन्द'],
  ['o', '0'],
];

test('fold makes alike what people take for alike, and nothing more', () => {
  for (const [a, b] of ALIKE) assert.equal(fold(a), fold(b), `${a} and ${b}`);
  for (const [a, b] of APART) assert.notEqual(fold(a), fold(b), `${a} and ${b}`);
});

const CASELESS = /[\p{Script=Han}\p{Script=Hangul}\p{Cn}\p{Co}\p{Cs}]/u;

test('every character folds to a form that folding leaves as it is, whatever its case', () => {
  // The one accent that upper-casing turns into a letter: ᾳ is ΑΙ in capitals, α without its accent.
  const iotaSubscript = '\u0345';
  for (let point = 0; point < 0x20000; point += 1) {
    const character = String.fromCodePoint(point);
    if (CASELESS.test(character)) continue;
    const folded = fold(character);
    assert.equal(fold(folded), folded, point.toString(16));
    if (character.normalize('NFKD').includes(iotaSubscript)) continue;
    assert.equal(fold(character.toUpperCase()), folded, point.toString(16));
    assert.equal(fold(character.toLowerCase()), folded, point.toString(16));
  }
});

const text = anyText();

test('folding twice changes nothing', () => {
  fc.assert(fc.property(text, (value) => fold(fold(value)) === fold(value)));
});

test('a path folds part by part', () => {
  fc.assert(fc.property(text, text, (a, b) => fold(`${a}/${b}`) === `${fold(a)}/${fold(b)}`));
});
