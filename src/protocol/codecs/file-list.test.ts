import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { FILE_LINE_BYTES_MAX } from '../limits.ts';
import { decodeFileLine, decodeFileList, encodeFileLine } from './file-list.ts';

const SHA1 = 'a'.repeat(40);
const GOOD = `share/a.bin|1|${SHA1}`;

describe('decodeFileList', () => {
  it('decodes no line before it is asked for', () => {
    const lines = decodeFileList(Buffer.from(`${GOOD}\noops`));
    assert.equal(lines.next().value?.path, 'share/a.bin');
    assert.throws(() => lines.next(), { code: 'bad-line' });
  });

  it('names the line and keeps the reason', () => {
    assert.throws(
      () => [...decodeFileList(Buffer.from(`${GOOD}\n${GOOD}\nshare/../b|1|${SHA1}`))],
      (error) => {
        assert.ok(error instanceof SwapmeetError && error.cause instanceof SwapmeetError);
        assert.equal(error.message, 'line 3 of the file list: the filename contains “..”');
        return error.cause.code === 'bad-path';
      },
    );
  });

  it('does not take a line of megabytes apart', () => {
    const list = Buffer.alloc(32 * 1024 * 1024, '|');
    assert.throws(() => [...decodeFileList(list)], /line 1 of the file list: a line has at most 16384 bytes/);
  });

  it('takes the longest filename, all escaped', () => {
    const path = `${'%'.repeat(255)}/`.repeat(16).slice(0, 4_095);
    const entry = { path, sizeBytes: Number.MAX_SAFE_INTEGER, sha1: SHA1, root: 'b'.repeat(64) };
    const line = encodeFileLine(entry);
    assert.ok(line.length <= FILE_LINE_BYTES_MAX);
    assert.deepEqual([...decodeFileList(Buffer.from(line))], [entry]);
  });

  it('reads bytes that are a part of a larger buffer', () => {
    const bytes = new Uint8Array(Buffer.from(`xx${GOOD}xx`));
    assert.deepEqual([...decodeFileList(bytes.subarray(2, -2))], [decodeFileLine(GOOD)]);
  });
});
