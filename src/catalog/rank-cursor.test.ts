import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rank } from '../domain/rank.ts';
import { decodeRank, encodeRank } from './rank-cursor.ts';

const RANK: Rank = { wordsInName: 2, wholeWords: 1, sourceCount: 3, nameUnits: 9, path: 'music/a.flac', id: 'p1' };

function cursorOf(fields: unknown): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

function assertRefused(cursor: string): void {
  assert.throws(() => decodeRank(cursor), { code: 'bad-request' }, cursor);
}

describe('rank cursor', () => {
  it('leads back to its rank', () => {
    const count = fc.nat();
    const text = fc.string({ unit: 'grapheme' });
    const rank = fc.record(
      { wordsInName: count, wholeWords: count, sourceCount: count, nameUnits: count, path: text, id: text },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(rank, (given) => {
        assert.deepEqual(decodeRank(encodeRank(given)), given);
      }),
    );
  });

  it('is optional', () => {
    assert.equal(decodeRank(undefined), undefined);
  });

  it('is refused when no page gave it', () => {
    for (const text of ['', 'x', '%', 'null', '{}', '[]', '"p"'])
      assertRefused(Buffer.from(text).toString('base64url'));
    const fields: readonly unknown[] = Object.values(RANK);
    assert.deepEqual(decodeRank(cursorOf(fields)), RANK);
    assertRefused(cursorOf([...fields, 'more']));
    for (const [at] of fields.entries()) {
      assertRefused(cursorOf(fields.toSpliced(at, 1)));
      for (const wrong of [null, true, {}, -1, 0.5, 2 ** 53]) assertRefused(cursorOf(fields.with(at, wrong)));
    }
    for (const count of [0, 1, 2, 3]) assertRefused(cursorOf(fields.with(count, '1')));
    for (const text of [4, 5]) assertRefused(cursorOf(fields.with(text, 1)));
  });
});
