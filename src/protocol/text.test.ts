import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { decodePayload, encodePayload, joinFields, splitFields, unescapeField } from './text.ts';

// Escapes and payloads one by one are vectors (test/conformance), round trips are properties (test/property).

function refuses(act: () => unknown, reason: RegExp): void {
  assert.throws(
    act,
    (error) => error instanceof SwapmeetError && error.code === 'bad-request' && reason.test(error.message),
  );
}

describe('fields', () => {
  it('of one line survive joining and splitting', () => {
    const fields = ['a|b', '', '100%', 'two\nlines'];
    assert.equal(joinFields(fields), 'a%7Cb||100%25|two%0Alines');
    assert.deepEqual(splitFields(joinFields(fields)), fields);
  });
  it('that are wrong say what to write instead', () => {
    refuses(() => unescapeField('100% sure'), /“% s” is no escape: write % as %25/);
    refuses(() => unescapeField('a\rb'), /percent-encode/);
  });
});

describe('payloads', () => {
  it('leave out attributes that are undefined', () => {
    assert.equal(encodePayload(['a'], { gone: undefined, there: '1' }), 'a\n|there=1');
  });
  it('keep an empty last line', () => {
    assert.equal(encodePayload(['']), '\n');
    assert.equal(encodePayload(['a', '']), 'a\n\n');
    assert.equal(encodePayload([]), '');
    assert.equal(encodePayload(['a', ''], { k: 'v' }), 'a\n\n|k=v');
  });
  it('say what is wrong with their attributes', () => {
    refuses(() => decodePayload('|key'), /\|key=value/);
    refuses(() => decodePayload('|a=1\n|a=1'), /a is given twice/);
  });
  it('know no attributes but those that they have', () => {
    const { attributes } = decodePayload('|constructor=x');
    assert.deepEqual(Object.entries(attributes), [['constructor', 'x']]);
  });
});
