import { SwapmeetError } from '../../domain/errors.ts';
import { SMALL_BYTES_MAX } from '../limits.ts';
import { decodePayload, encodePayload, escapeField, unescapeField, type Attributes } from '../text.ts';

const LINE_FEED = 0x0a;
const BAR = 0x7c;

/**
 * Takes the head off a payload that ends in a list. A line feed ends each of the leading fields; what follows the last is
 * the list. Only the list may be long: text of megabytes in one field, or in attributes, would stop the thread while it is
 * taken apart.
 */
export function splitHead(payload: Buffer, fieldCount: number): { fields: string[]; rest: Buffer } {
  const fields: string[] = [];
  let rest = payload;
  while (fields.length < fieldCount) {
    if (rest.length === 0) throw new SwapmeetError('bad-request', `expected ${fieldCount} lines before the file list`);
    const found = rest.indexOf(LINE_FEED);
    const end = found === -1 ? rest.length : found;
    if (end > SMALL_BYTES_MAX) {
      throw new SwapmeetError('bad-request', `line ${fields.length + 1} is over ${SMALL_BYTES_MAX} bytes`);
    }
    fields.push(unescapeField(rest.toString('utf8', 0, end)));
    rest = rest.subarray(end + 1);
  }
  return { fields, rest };
}

/**
 * The attribute lines at the end of a list begin at the first line that starts with a bar, among its last bytes: to search
 * a list of megabytes would stop the thread. Before those such a line is one of the list, which is refused for it.
 */
export function splitAttributes(list: Buffer): { fileList: Buffer; attributes: Attributes } {
  if (list[0] === BAR && list.length <= SMALL_BYTES_MAX) {
    return { fileList: list.subarray(0, 0), attributes: decodeTail(list) };
  }
  // The line feed before the attributes is none of their bytes.
  const from = Math.max(0, list.length - SMALL_BYTES_MAX - 1);
  const found = list.subarray(from).indexOf('\n|');
  if (found === -1) return { fileList: list, attributes: {} };
  const end = from + found;
  return { fileList: list.subarray(0, end), attributes: decodeTail(list.subarray(end + 1)) };
}

function decodeTail(tail: Buffer): Attributes {
  return decodePayload(tail.toString('utf8')).attributes;
}

/** Fields, one a line, then a list in its bytes, then attributes. */
export function joinList(fields: readonly string[], fileList: Uint8Array, attributes: Attributes): Buffer {
  const head = `${fields.map(escapeField).join('\n')}\n`;
  const tail = encodePayload([], attributes);
  const separator = fileList.length > 0 && tail !== '' ? '\n' : '';
  return Buffer.concat([Buffer.from(head, 'utf8'), fileList, Buffer.from(separator + tail, 'utf8')]);
}
