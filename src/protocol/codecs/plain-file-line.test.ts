import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../domain/entry.ts';
import { toSwapmeetError } from '../../domain/errors.ts';
import { decodeFileLine, decodeFileList, readFileList } from './file-list.ts';
import { entryOfPlainLine } from './plain-file-line.ts';

const SHA1 = 'a1'.repeat(20);
const ROOT = 'b2'.repeat(32);

/** What a list is read as, by where its plain lines lie; and how many of them were plain. */
function readAll(list: Buffer): { readonly entries: readonly Entry[]; readonly plainLines: number } {
  const entries: Entry[] = [];
  let plainLines = 0;
  readFileList(list, {
    plain: (bytes, from, plain) => {
      plainLines += 1;
      entries.push(entryOfPlainLine(bytes, from, plain));
    },
    entry: (entry) => entries.push(entry),
  });
  return { entries, plainLines };
}

/** What `read` gives, or the sentence of the error that it throws. */
function outcomeOf(read: () => readonly Entry[]): readonly Entry[] | string {
  try {
    return read();
  } catch (error) {
    return toSwapmeetError(error).message;
  }
}

const pieces = fc.constantFrom(
  ...['a', 'share', '.', '..', '/', '//', '|', '%', '%7C', '%zz', 'é', '\r', '\0', 'x'.repeat(256), '…', ' '],
);
const path = fc.oneof(
  fc.constant('share/a.txt'),
  fc.array(pieces, { maxLength: 5 }).map((some) => some.join('')),
);
const size = fc.oneof(
  fc.constantFrom(
    '0',
    '1.5',
    '1.',
    '.5',
    '',
    '0.0000001',
    '1.234567',
    '99999999999',
    '9007199254.740992',
    '1e3',
    '-1',
    '1.2.3',
  ),
  fc.nat().map(String),
);
const hash = (good: string) =>
  fc.constantFrom(good, good.slice(1), `${good}0`, good.toUpperCase(), `g${good.slice(1)}`, '');
const line = fc.oneof(
  fc.tuple(path, size, hash(SHA1)).map((fields) => fields.join('|')),
  fc.tuple(path, size, hash(SHA1), hash(ROOT)).map((fields) => fields.join('|')),
  fc.tuple(path, size, hash(SHA1), hash(ROOT), fc.constantFrom('', 'more')).map((fields) => fields.join('|')),
);

describe('readFileList', () => {
  it('reads lines as `decodeFileList` does, and refuses the same with the same words', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        const list = Buffer.from(lines.join('\n'));
        assert.deepEqual(
          outcomeOf(() => readAll(list).entries),
          outcomeOf(() => [...decodeFileList(list)]),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes what most lines are as plain', () => {
    const lines = [
      `share/.ab/b c.txt|1.5|${SHA1}|${ROOT}`,
      `share/d|0|${SHA1}`,
      `share/é|0|${SHA1}`,
      `share/e%7C|0|${SHA1}`,
    ];
    const { entries, plainLines } = readAll(Buffer.from(`${lines.join('\n')}\n`));
    assert.equal(plainLines, 2);
    assert.deepEqual(entries, lines.map(decodeFileLine));
  });
});
