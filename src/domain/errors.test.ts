import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERROR_CODES, isErrorCode, isWireCode, SwapmeetError, toSwapmeetError } from './errors.ts';

describe('error codes', () => {
  it('are words that can begin a KO', () => {
    for (const code of Object.keys(ERROR_CODES)) assert.match(code, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });
  it('are told from other texts', () => {
    for (const text of ['', 'nonsense', 'toString', '__proto__', 'BUSY']) assert.ok(!isErrorCode(text), text);
    assert.ok(isErrorCode('busy') && isErrorCode('disk-full'));
  });
  it('say which a KO may name', () => {
    assert.ok(isWireCode('busy'));
    assert.ok(!isWireCode('disk-full') && !isWireCode('wrong-key') && !isWireCode('toString'));
  });
});

describe('toSwapmeetError', () => {
  it('leaves ours as it is', () => {
    const error = new SwapmeetError('busy', 'later');
    assert.equal(toSwapmeetError(error), error);
  });
  it('makes anything else internal, and keeps it as the cause', () => {
    const bug = new TypeError('x is not a function');
    const error = toSwapmeetError(bug);
    assert.deepEqual([error.code, error.message, error.cause], ['internal', 'x is not a function', bug]);
    assert.equal(toSwapmeetError('a string').message, 'a string');
    assert.equal(toSwapmeetError(undefined).code, 'internal');
  });
});
