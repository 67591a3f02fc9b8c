import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from './errors.ts';
import { baseName, checkSharePath, localSegments, PATH_BYTES_MAX, SEGMENT_UNITS_MAX } from './share-path.ts';

function refuses(act: () => unknown, reason: RegExp): void {
  assert.throws(
    act,
    (error) => error instanceof SwapmeetError && error.code === 'bad-path' && reason.test(error.message),
  );
}

/** A path of so many bytes, of characters that have three each and are one UTF-16 code unit. */
function pathOfBytes(sizeBytes: number): string {
  const path = `${'漢'.repeat(200)}/`.repeat(Math.ceil(sizeBytes / 601));
  return path.slice(0, Math.floor(sizeBytes / 3)).padEnd(Math.floor(sizeBytes / 3) + (sizeBytes % 3), 'a');
}

describe('checkSharePath', () => {
  it('says what is wrong', () => {
    refuses(() => checkSharePath('a//b'), /empty part/);
    refuses(() => checkSharePath('a/../b'), /“\.\.”/);
    refuses(() => checkSharePath('a\0'), /NUL/);
    refuses(() => checkSharePath('\udc00'), /Unicode/);
    refuses(() => checkSharePath(`a/${'b'.repeat(SEGMENT_UNITS_MAX + 1)}`), /255 characters/);
  });

  it('counts the bytes of UTF-8, not characters', () => {
    const fits = pathOfBytes(PATH_BYTES_MAX - 20);
    assert.ok(Buffer.byteLength(fits) <= PATH_BYTES_MAX && fits.length < PATH_BYTES_MAX / 2);
    assert.equal(checkSharePath(fits), fits);
    const long = pathOfBytes(2 * PATH_BYTES_MAX);
    assert.ok(long.length < PATH_BYTES_MAX);
    refuses(() => checkSharePath(long), /4096 bytes/);
  });

  it('refuses what is absurdly long at once', () => {
    refuses(() => checkSharePath('a'.repeat(60_000_000)), /4096 bytes/);
  });
});

describe('localSegments', () => {
  it('takes control characters to no disk', () => {
    for (const path of ['a/\tb', 'a\nb/c', 'a/\u001b[31mred', 'a/\u007f', 'a/\u009b2J']) {
      assert.equal(checkSharePath(path), path);
      for (const platform of ['linux', 'darwin', 'win32']) {
        refuses(() => localSegments(path, platform), /control characters/);
      }
    }
  });
  it('says what Windows would not take', () => {
    refuses(() => localSegments('a/b:c', 'win32'), /characters that Windows/);
    refuses(() => localSegments('a./b', 'win32'), /dot or space/);
    refuses(() => localSegments('a/nul.txt', 'win32'), /device/);
  });
  it('takes names on Windows that only resemble devices', () => {
    for (const name of ['con-air', 'console', 'com', 'com10', 'lpt', 'nulla.txt', 'a.con']) {
      assert.deepEqual(localSegments(`share/${name}`, 'win32'), ['share', name]);
    }
  });
});

describe('baseName', () => {
  it('is the last part', () => {
    assert.equal(baseName('share/a/b.txt'), 'b.txt');
    assert.equal(baseName('share'), 'share');
  });
});
