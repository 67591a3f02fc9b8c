import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import { escapeField, unescapeField } from '../text.ts';
import { decodeFileLine, decodeLines, encodeFileLine } from './file-list.ts';

/** A change of a list: an entry that is to be there, in place of one with its path, or a path whose entry is to go. */
export type ListChange = { readonly add: Entry } | { readonly remove: string };

const ADD = '+';
const REMOVE = '-';

/** `+` and a file line, or `-` and a filename. [PROTOCOL §6.3] */
export function encodeChangeLine(change: ListChange): string {
  return 'add' in change ? ADD + encodeFileLine(change.add) : REMOVE + escapeField(change.remove);
}

/** The change that a line stands for. @throws SwapmeetError `bad-request` or `bad-path` */
function decodeChangeLine(line: string): ListChange {
  const rest = line.slice(1);
  if (line.startsWith(ADD)) return { add: decodeFileLine(rest) };
  if (line.startsWith(REMOVE)) return { remove: checkSharePath(unescapeField(rest)) };
  throw new SwapmeetError('bad-request', 'a change is + and a file line, or - and a filename');
}

/** Changes as the bytes that LIST_DELTA carries. */
export function encodeChanges(changes: Iterable<ListChange>): Buffer {
  return Buffer.from(Array.from(changes, encodeChangeLine).join('\n'), 'utf8');
}

/**
 * Changes, decoded a line at a time.
 *
 * @param changes UTF-8 lines, a trailing line end allowed
 * @throws SwapmeetError `bad-line` with the number of the first line that does not parse, counting from 1
 */
export function decodeChanges(changes: Uint8Array): Generator<ListChange, void, undefined> {
  return decodeLines(changes, 'the changes', decodeChangeLine);
}
