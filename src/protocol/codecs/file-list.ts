import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import { takeHex } from '../codec.ts';
import { FILE_LINE_BYTES_MAX } from '../limits.ts';
import { joinFields, splitFields } from '../text.ts';

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
  return decodeLines(list, 'the file list', decodeFileLine);
}

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
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    lineNumber += 1;
    yield decodeNumberedLine(bytes.subarray(start, end), `line ${lineNumber} of ${what}`, decodeLine);
    start = end + 1;
  }
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
