import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import { takeInteger, textCodec, type Codec } from '../codec.ts';
import { joinFields, splitFields } from '../text.ts';
import { takeEntry } from './file-list.ts';
import type { Page } from './page.ts';

/** What lies in a folder of a peer's list: a folder, with what lies anywhere below it, or a file. `name` is without the path. */
export type FolderRow =
  | { readonly kind: 'folder'; readonly name: string; readonly files: number; readonly sizeBytes: number }
  | (Omit<Entry, 'path'> & { readonly kind: 'file'; readonly name: string });

function encodeRow(row: FolderRow): string {
  const size = formatMegabytes(row.sizeBytes);
  return row.kind === 'folder'
    ? joinFields(['d', row.name, String(row.files), size])
    : joinFields(['f', row.name, size, row.sha1, row.root ?? '']);
}

function takeName(name: string): string {
  if (name.includes('/')) throw new SwapmeetError('bad-request', 'a name in a folder has no /');
  return checkSharePath(name);
}

function decodeRow(line: string): FolderRow {
  const [kind, ...fields] = splitFields(line);
  if (kind === 'd') {
    const [name = '', files, megabytes = ''] = fields;
    const fileCount = takeInteger('files', files, 0, Number.MAX_SAFE_INTEGER);
    return { kind: 'folder', name: takeName(name), files: fileCount, sizeBytes: parseMegabytes(megabytes) };
  }
  if (kind !== 'f') throw new SwapmeetError('bad-request', 'a line of a folder begins with d or f');
  const { path, ...held } = takeEntry(fields);
  return { kind: 'file', name: takeName(path), ...held };
}

export const folderReply: Codec<Page<FolderRow>> = textCodec(
  ({ rows, next }) => ({ lines: rows.map(encodeRow), attributes: { next } }),
  ({ lines, attributes }) => ({ rows: lines.map(decodeRow), next: attributes['next'] }),
);
