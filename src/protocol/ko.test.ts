import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import { decodeKo, encodeKo } from './ko.ts';
import { SMALL_BYTES_MAX } from './limits.ts';

describe('encodeKo', () => {
  it('begins with the code', () => {
    assert.equal(encodeKo(new SwapmeetError('busy', 'try again later')), 'busy try again later');
  });
  it('tells nobody of bugs and paths of this machine', () => {
    const bug = toSwapmeetError(new Error("ENOENT: '/home/alice/secret'"));
    const full = new SwapmeetError('disk-full', 'no room in /home/alice');
    for (const error of [bug, full]) {
      assert.match(encodeKo(error), /^internal the other side has a fault/);
      assert.doesNotMatch(encodeKo(error), /alice/);
    }
  });
  it('stays on one line and below its cap', () => {
    const long = new SwapmeetError('bad-query', `at “${'\r\n漢'.repeat(10_000)}”`);
    assert.doesNotMatch(encodeKo(long), /\p{Cc}/u);
    assert.ok(Buffer.byteLength(encodeKo(long)) < SMALL_BYTES_MAX);
  });
});

describe('decodeKo', () => {
  it('takes a code that it does not know for internal', () => {
    const { code, message } = decodeKo(Buffer.from('too-tired come back tomorrow'));
    assert.deepEqual([code, message], ['internal', 'too-tired come back tomorrow']);
  });
  it('does not believe what the other side can’t know', () => {
    assert.equal(decodeKo(Buffer.from('disk-full free some room')).code, 'internal');
    assert.equal(decodeKo(Buffer.from('wrong-key trust me')).code, 'internal');
  });
});
