import { SwapmeetError } from '../../domain/errors.ts';
import { folderReply, type FolderRow } from '../../protocol/codecs/folder.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { takePage } from '../paging.ts';
import { createPeerKeys } from './accounts.ts';
import type { Database } from './database.ts';
import { ENTRY_COLUMNS, entryOf, type EntryRow } from './rows.ts';

type Below = {
  readonly peer: number;
  readonly above: string;
  readonly below: string | Buffer;
  readonly restAt: number;
};
type FolderTotals = { readonly name: string; readonly files: number; readonly sizeBytes: number };
type FileRow = EntryRow & { readonly name: string };

// SQLite orders every BLOB after every text.
const ABOVE_ALL_TEXTS = Buffer.alloc(0);

/** Lists what lies in one folder of a peer's list. A cursor is the kind of the row before, `d` or `f`, and its name. */
export function createFolderListing(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  // What is claimed may add up to more than a number holds.
  const selectFolders = database.prepare<[Below & { after: string }], FolderTotals>(
    `SELECT name, count(*) AS files, CAST(min(total(size_bytes), ${Number.MAX_SAFE_INTEGER}) AS INTEGER) AS sizeBytes
     FROM (
       SELECT content.size_bytes,
         substr(folder.path, @restAt, instr(substr(folder.path, @restAt) || '/', '/') - 1) AS name
       FROM folder CROSS JOIN entry ON entry.folder = folder.key CROSS JOIN content ON content.key = entry.content
       WHERE folder.peer = @peer AND folder.path > @above AND folder.path < @below
     )
     WHERE name > @after GROUP BY name ORDER BY name`,
  );
  const selectFiles = database.prepare<[number, string, string], FileRow>(
    `SELECT entry.name, ${ENTRY_COLUMNS} FROM folder
     CROSS JOIN entry ON entry.folder = folder.key CROSS JOIN content ON content.key = entry.content
     WHERE folder.peer = ? AND folder.path = ? AND entry.name > ? ORDER BY entry.name`,
  );

  function* rowsAfter(peer: number, path: string, { kind, name }: Cursor): Generator<FolderRow> {
    if (kind === 'd') {
      const folders = selectFolders.iterate({ peer, ...belowOf(path), after: name });
      for (const totals of folders) yield { kind: 'folder', ...totals };
    }
    for (const row of selectFiles.iterate(peer, path, kind === 'f' ? name : '')) yield toFile(row);
  }

  return {
    folder: (id: string, path: string | undefined, page: PageRequest): Page<FolderRow> => {
      const rows = rowsAfter(peerKeyOf(id), path ?? '', takeCursor(page.after));
      return takePage(rows, page, folderReply, (row) => row, cursorAfter);
    },
  };
}

/** The folders below a path, and where in their paths what follows begins, in characters from 1. */
function belowOf(path: string): Omit<Below, 'peer'> {
  if (path === '') return { above: '', below: ABOVE_ALL_TEXTS, restAt: 1 };
  // `0` comes right after `/`.
  return { above: `${path}/`, below: `${path}0`, restAt: Array.from(path).length + 2 };
}

function toFile(row: FileRow): FolderRow {
  const { path: _path, ...held } = entryOf(row);
  return { kind: 'file', name: row.name, ...held };
}

type Cursor = { readonly kind: 'd' | 'f'; readonly name: string };

function cursorAfter({ kind, name }: FolderRow): string {
  return (kind === 'folder' ? 'd' : 'f') + name;
}

function takeCursor(after = 'd'): Cursor {
  const kind = after.charAt(0);
  if (kind === 'd' || kind === 'f') return { kind, name: after.slice(1) };
  throw new SwapmeetError('bad-request', 'after is not what a page of this folder gave as next: begin without it');
}
