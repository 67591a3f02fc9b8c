import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { localName, numberedName, partName } from './names.ts';

describe('names of files', () => {
  it('are the last part of the path, when that is safe', () => {
    assert.equal(localName('share/a/b c.txt', 'linux'), 'b c.txt');
    for (const path of ['share/..', 'share/.', 'share/', '', '/', 'a/b\0c', '..', 'share/a\nb', 'share/\u001b[2J']) {
      assert.throws(() => localName(path, 'linux'), { code: 'bad-path' }, path);
    }
    for (const path of ['share/con', 'share/a\\b', 'share/c:d', 'share/dot.']) {
      assert.throws(() => localName(path, 'win32'), { code: 'bad-path' }, path);
    }
  });

  it('get a number before the extension', () => {
    assert.equal(numberedName('a.txt', 1), 'a.txt');
    assert.equal(numberedName('a.b.txt', 2), 'a.b (2).txt');
    assert.equal(numberedName('.profile', 3), '.profile (3)');
    assert.equal(numberedName(partName('a.txt'), 2), 'a.txt (2).part');
  });

  it('stay within what disks take, without cutting a character', () => {
    const check = (name: string, number: number): void => {
      for (const longer of [partName(name), numberedName(name, number)]) {
        assert.ok(Buffer.byteLength(longer) <= 255 || longer === name);
        assert.ok(longer.isWellFormed());
      }
      assert.match(partName(name), /\.part$/);
    };
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 }),
        fc.integer({ min: 2, max: 10_000 }),
        (name, number) => {
          fc.pre(!name.includes('.') && name.length <= 255);
          check(name, number);
        },
      ),
    );
    assert.equal(partName('ü'.repeat(127)), `${'ü'.repeat(125)}.part`);
  });
});
