import { SwapmeetError } from '../../domain/errors.ts';
import { folderReply, type FolderRow } from '../../protocol/codecs/folder.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { takePage } from '../paging.ts';
import type { Checkpoint } from '../query-pass.ts';
import { contentOfEntry, sizeOfEntry } from '../segment/segment.ts';
import type { IndexState } from './index-state.ts';
import { eachLivingBelow, partsOfFolder, type FolderPart } from './list-parts.ts';
import { filesOf, foldersOf, nameAfter } from './tree-walk.ts';

/**
 * FOLDER: what lies in a folder of a peer’s list, folders with what is below them first, each in order of name. A cursor is the kind of the
 * row before, `d` or `f`, and its name. [PROTOCOL §6.3]
 *
 * @throws SwapmeetError `bad-request` for another cursor
 */
export function folder(
  state: IndexState,
  peer: number,
  path: string | undefined,
  page: PageRequest,
  check: Checkpoint,
): Page<FolderRow> {
  const rows = rowsAfter(partsOfFolder(state, peer, path ?? ''), takeCursor(page.after), check);
  return takePage(rows, page, folderReply, (row) => row, cursorAfter);
}

function* rowsAfter(parts: readonly FolderPart[], { kind, name }: Cursor, check: Checkpoint): Generator<FolderRow> {
  const from = name === '' ? undefined : nameAfter(name);
  if (kind === 'd') {
    for (const below of foldersOf(parts, check, from)) {
      yield { kind: 'folder', name: below.name, ...totalsOf(below.parts, check) };
    }
  }
  for (const { live, entry, name: file } of filesOf(parts, check, kind === 'f' ? from : undefined)) {
    yield { kind: 'file', name: file, ...contentOfEntry(live.segment, entry) };
  }
}

function totalsOf(
  parts: readonly FolderPart[],
  check: Checkpoint,
): { readonly files: number; readonly sizeBytes: number } {
  let [files, sizeBytes] = [0, 0];
  for (const part of parts) {
    eachLivingBelow(part, (entry) => {
      check();
      files += 1;
      sizeBytes += sizeOfEntry(part.live.segment, entry);
    });
  }
  // What is claimed may add up to more than a number holds.
  return { files, sizeBytes: Math.min(sizeBytes, Number.MAX_SAFE_INTEGER) };
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
