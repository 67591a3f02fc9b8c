import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry } from '../../src/domain/entry.ts';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../src/domain/megabytes.ts';
import { pieceBytesFor, pieceCount } from '../../src/domain/pieces.ts';
import { checkSharePath, localSegments } from '../../src/domain/share-path.ts';
import { decodeFileLine, decodeFileList, encodeFileLine, encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { decodePayload, encodePayload, escapeField, unescapeField, type Attributes } from '../../src/protocol/text.ts';
import { loadVectors } from './load-vectors.ts';

/** What is shown of a long input in the name of its test. */
const SHOWN_UNITS = 60;

function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS)}…` : text);
}

function refuses(code: string, act: () => unknown, sentence = /./): void {
  assert.throws(act, (error) => error instanceof SwapmeetError && error.code === code && sentence.test(error.message));
}

describe('text.json', () => {
  type Field = { text: string; field: string };
  type Taken = { payload: string; lines: string[]; attributes: Attributes };
  const vectors = loadVectors('text.json') as {
    fields: Field[];
    lenientFields: Field[];
    refusedFields: string[];
    payloads: Taken[];
    lenientPayloads: Taken[];
    refusedPayloads: string[];
  };

  for (const { text, field } of vectors.fields) {
    it(`escapes ${shown(text)}`, () => {
      assert.equal(escapeField(text), field);
      assert.equal(unescapeField(field), text);
    });
  }
  for (const { text, field } of vectors.lenientFields) {
    it(`takes ${shown(field)}`, () => {
      assert.equal(unescapeField(field), text);
    });
  }
  for (const field of vectors.refusedFields) {
    it(`refuses the field ${shown(field)}`, () => {
      refuses('bad-request', () => unescapeField(field));
    });
  }
  for (const { payload, lines, attributes } of vectors.payloads) {
    it(`puts together and takes apart ${shown(payload)}`, () => {
      assert.equal(encodePayload(lines, attributes), payload);
      assert.deepEqual(decodePayload(payload), { lines, attributes });
    });
  }
  for (const { payload, lines, attributes } of vectors.lenientPayloads) {
    it(`takes apart ${shown(payload)}`, () => {
      assert.deepEqual(decodePayload(payload), { lines, attributes });
    });
  }
  for (const payload of vectors.refusedPayloads) {
    it(`refuses the payload ${shown(payload)}`, () => {
      refuses('bad-request', () => decodePayload(payload));
    });
  }
});

describe('file-lines.json', () => {
  type Line = { line: string; entry: Entry };
  type List = { list: string; entries: Entry[] };
  const vectors = loadVectors('file-lines.json') as {
    lines: Line[];
    lenientLines: Line[];
    refusedLines: { line: string; code: string }[];
    lists: List[];
    lenientLists: List[];
    refusedLists: { list: string; line: number }[];
  };
  const entriesOf = (list: string): Entry[] => [...decodeFileList(Buffer.from(list))];

  for (const { line, entry } of vectors.lines) {
    it(`writes and reads ${shown(line)}`, () => {
      assert.equal(encodeFileLine(entry), line);
      assert.deepEqual(decodeFileLine(line), entry);
    });
  }
  for (const { line, entry } of vectors.lenientLines) {
    it(`reads ${shown(line)}`, () => {
      assert.deepEqual(decodeFileLine(line), entry);
    });
  }
  for (const { line, code } of vectors.refusedLines) {
    it(`refuses ${shown(line)}`, () => {
      refuses(code, () => decodeFileLine(line));
      if (!line.includes('\n') && line !== '') refuses('bad-line', () => entriesOf(line), /^line 1 /);
    });
  }
  for (const { list, entries } of vectors.lists) {
    it(`writes and reads the list ${shown(list)}`, () => {
      assert.equal(encodeFileList(entries).toString(), list);
      assert.deepEqual(entriesOf(list), entries);
    });
  }
  for (const { list, entries } of vectors.lenientLists) {
    it(`reads the list ${shown(list)}`, () => {
      assert.deepEqual(entriesOf(list), entries);
    });
  }
  for (const { list, line } of vectors.refusedLists) {
    it(`refuses the list ${shown(list)} at line ${line}`, () => {
      refuses('bad-line', () => entriesOf(list), new RegExp(`^line ${line} `));
    });
  }
});

describe('megabytes.json', () => {
  type Size = { sizeBytes: number; text: string };
  const vectors = loadVectors('megabytes.json') as { cases: Size[]; lenient: Size[]; refused: string[] };

  for (const { sizeBytes, text } of vectors.cases) {
    it(`${sizeBytes} bytes are ${text}`, () => {
      assert.equal(formatMegabytes(sizeBytes), text);
      assert.equal(parseMegabytes(text), sizeBytes);
    });
  }
  for (const { sizeBytes, text } of vectors.lenient) {
    it(`reads ${shown(text)}`, () => {
      assert.equal(parseMegabytes(text), sizeBytes);
    });
  }
  for (const text of vectors.refused) {
    it(`refuses ${shown(text)}`, () => {
      refuses('bad-request', () => parseMegabytes(text));
    });
  }
});

describe('share-paths.json', () => {
  const vectors = loadVectors('share-paths.json') as {
    good: string[];
    goodButNotOnWindows: string[];
    goodButOnNoDisk: string[];
    bad: string[];
  };

  for (const path of vectors.good) {
    it(`takes ${shown(path)}`, () => {
      assert.equal(checkSharePath(path), path);
      assert.deepEqual(localSegments(path, 'linux'), path.split('/'));
    });
  }
  for (const path of vectors.goodButNotOnWindows) {
    it(`takes ${shown(path)}, but not to a Windows disk`, () => {
      assert.deepEqual(localSegments(path, 'linux'), path.split('/'));
      refuses('bad-path', () => localSegments(path, 'win32'));
    });
  }
  for (const path of vectors.goodButOnNoDisk) {
    it(`takes ${shown(path)}, but to no disk`, () => {
      assert.equal(checkSharePath(path), path);
      refuses('bad-path', () => localSegments(path, 'linux'));
      refuses('bad-path', () => localSegments(path, 'win32'));
    });
  }
  for (const path of vectors.bad) {
    it(`refuses ${shown(path)}`, () => {
      refuses('bad-path', () => checkSharePath(path));
      refuses('bad-path', () => localSegments(path, 'linux'));
      refuses('bad-path', () => localSegments(path, 'win32'));
    });
  }
});

describe('piece-sizes.json', () => {
  const vectors = loadVectors('piece-sizes.json') as {
    cases: { sizeBytes: number; pieceBytes: number; pieces: number }[];
  };

  for (const { sizeBytes, pieceBytes, pieces } of vectors.cases) {
    it(`a file of ${sizeBytes} bytes has ${pieces} pieces of ${pieceBytes}`, () => {
      assert.equal(pieceBytesFor(sizeBytes), pieceBytes);
      assert.equal(pieceCount(sizeBytes, pieceBytes), pieces);
    });
  }
});
