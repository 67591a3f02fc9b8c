import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import { takeHex } from '../codec.ts';
import { FILE_LINE_BYTES_MAX } from '../limits.ts';
import { joinFields, splitFields } from '../text.ts';
import { createPlainFileLine, type PlainFileLine } from './plain-file-line.ts';

/** `filename|dimension_in_mb|sha1`, and the root where there is one. [PROTOCOL §4] */
export function encodeFileLine(entry: Entry): string {
  const fields = [entry.path, formatMegabytes(entry.sizeBytes), entry.sha1];
  return joinFields(entry.root === undefined ? fields : [...fields, entry.root]);
}

/** The entry that a file line stands for. @throws SwapmeetError `bad-request` or `bad-path` */
export function decodeFileLine(line: string): Entry {
  return takeEntry(splitFields(line));
}

/**
 * The entry that a line's first four fields stand for, the root being allowed to be missing or empty; further fields are
 * not looked at.
 *
 * @throws SwapmeetError `bad-request` or `bad-path`
 */
export function takeEntry([path, megabytes, sha1, root]: readonly string[]): Entry {
  if (path === undefined || megabytes === undefined || sha1 === undefined) {
    throw new SwapmeetError('bad-request', 'a file line has the form filename|dimension_in_mb|sha1');
  }
  checkSharePath(path);
  const sizeBytes = parseMegabytes(megabytes);
  takeHex('sha1', sha1, 40);
  if (root === undefined || root === '') return { path, sizeBytes, sha1 };
  return { path, sizeBytes, sha1, root: takeHex('root', root, 64) };
}

/** A whole list as the bytes that REGISTER and REGISTER_UPDATE carry. */
export function encodeFileList(entries: Iterable<Entry>): Buffer {
  return Buffer.from(Array.from(entries, encodeFileLine).join('\n'), 'utf8');
}

/**
 * The entries of a list, decoded a line at a time so that a list of any length costs one line of memory.
 *
 * @param list UTF-8 file lines, a trailing line end allowed
 * @throws SwapmeetError `bad-line` with the number of the first line that does not parse, counting from 1
 */
export function decodeFileList(list: Uint8Array): Generator<Entry, void, undefined> {
  return decodeLines(list, FILE_LIST, decodeFileLine);
}

/** Takes what `readFileList` reads. */
export type FileListVisitor = {
  /** A line that is plain: where it lies is told by `line` until the next one, its path from `from` on. */
  plain(bytes: Buffer, from: number, line: PlainFileLine, lineNumber: number): void;
  entry(entry: Entry, lineNumber: number): void;
};

/** The same as `decodeFileList`, in a fraction of the time where whoever takes it needs no texts: they are made of few lines. */
export function readFileList(list: Uint8Array, visitor: FileListVisitor): void {
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.byteLength);
  const line = createPlainFileLine();
  let lineNumber = 0;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    lineNumber += 1;
    if (line.read(bytes, start, end)) visitor.plain(bytes, start, line, lineNumber);
    else {
      const name = `line ${lineNumber} of ${FILE_LIST}`;
      visitor.entry(decodeNumberedLine(bytes.subarray(start, end), name, decodeFileLine), lineNumber);
    }
    start = end + 1;
  }
}

/** What errors call it. */
const FILE_LIST = 'the file list';
const LINE_FEED = 0x0a;

/**
 * What the lines of a list stand for, one after the other.
 *
 * @param what the list is, for the error's sentence
 * @throws SwapmeetError `bad-line` with the number of the first line that does not parse, counting from 1
 */
export function* decodeLines<T>(
  list: Uint8Array,
  what: string,
  decodeLine: (line: string) => T,
): Generator<T, void, undefined> {
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.byteLength);
  let lineNumber = 0;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    lineNumber += 1;
    yield decodeNumberedLine(bytes.subarray(start, end), `line ${lineNumber} of ${what}`, decodeLine);
    start = end + 1;
  }
}

function lineEnd(bytes: Buffer, start: number): number {
  const found = bytes.indexOf(LINE_FEED, start);
  return found === -1 ? bytes.length : found;
}

function decodeNumberedLine<T>(line: Buffer, name: string, decodeLine: (line: string) => T): T {
  try {
    if (line.length > FILE_LINE_BYTES_MAX) {
      throw new SwapmeetError('bad-request', `a line has at most ${FILE_LINE_BYTES_MAX} bytes`);
    }
    return decodeLine(line.toString('utf8'));
  } catch (error) {
    throw new SwapmeetError('bad-line', `${name}: ${toSwapmeetError(error).message}`, { cause: error });
  }
}
