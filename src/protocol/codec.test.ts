import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { takeHex, takeInteger, takeLines, takeOptional } from './codec.ts';

function refuses(act: () => unknown, reason: RegExp): void {
  assert.throws(
    act,
    (error) => error instanceof SwapmeetError && error.code === 'bad-request' && reason.test(error.message),
  );
}

describe('takeLines', () => {
  it('unescapes exactly the lines that it names', () => {
    assert.deepEqual(takeLines(['a%7Cb', 'c'], ['first', 'second']), ['a|b', 'c']);
    refuses(() => takeLines(['a'], ['first', 'second']), /first, second, one a line, not 1 lines/);
    refuses(() => takeLines(['a', 'b'], []), /expected nothing/);
  });
});

describe('takeInteger', () => {
  it('takes digits within bounds', () => {
    assert.equal(takeInteger('port', '65535', 1, 65_535), 65_535);
    assert.equal(takeInteger('size', '9007199254740991', 0, Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    for (const text of [undefined, '', '0', '65536', '-1', '1.5', '0x10', ' 1', '1e3', '١', '9'.repeat(400)]) {
      refuses(() => takeInteger('port', text, 1, 65_535), /port must be a whole number from 1 to 65535/);
    }
    refuses(() => takeInteger('size', '9007199254740993', 0, Number.MAX_SAFE_INTEGER), /size/);
  });
});

describe('takeHex', () => {
  it('takes lower-case digits of one length', () => {
    assert.equal(takeHex('sha1', 'a0', 2), 'a0');
    for (const text of [undefined, '', 'a', 'a00', 'A0', 'g0', 'a0\n']) {
      refuses(() => takeHex('sha1', text, 2), /sha1 must be 2 lower-case hex digits/);
    }
  });
});

describe('takeOptional', () => {
  it('takes a field that is left empty for none', () => {
    assert.equal(takeOptional('', Number), undefined);
    assert.equal(takeOptional(undefined, Number), undefined);
    assert.equal(takeOptional('7', Number), 7);
  });
});
