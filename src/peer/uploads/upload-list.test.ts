import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createUploadList } from './upload-list.ts';

function fileNamed(sha1: string) {
  return { absolutePath: `/share/${sha1}`, sha1, sizeBytes: 10 };
}

describe('the list of uploads', () => {
  it('shows a file of a peer once, for a while after its last request, and anew after that', () => {
    let nowMs = 0;
    const { begin, list } = createUploadList(
      () => nowMs,
      (username) => username === 'bob',
    );
    for (let requests = 0; requests < 2; requests += 1) {
      const shown = begin('bob', fileNamed('a'));
      shown.goesOn();
      shown.sent(3);
      shown.end();
    }
    assert.deepEqual(
      list().map(({ username, sentBytes, isFriend }) => [username, sentBytes, isFriend]),
      [['bob', 6, true]],
    );
    nowMs += 6_000;
    assert.deepEqual(list(), []);
    begin('bob', fileNamed('a')).sent(1);
    assert.deepEqual(
      list().map(({ sentBytes }) => sentBytes),
      [1],
    );
  });

  it('does no more for each of very many small files than for one of few', () => {
    let looks = 0;
    const { begin } = createUploadList(
      () => {
        looks += 1;
        return looks / 1_000;
      },
      () => false,
    );
    const FILES = 2_000;
    for (let nth = 0; nth < FILES; nth += 1) begin('bob', fileNamed(String(nth))).end();
    assert.ok(looks < 20 * FILES, `the clock was read ${looks} times`);
  });
});
