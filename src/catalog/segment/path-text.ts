import { PATH_BYTES_MAX } from '../../domain/share-path.ts';
import { textOfBytes } from './bytes.ts';
import { NO_NAME, type NameTable } from './name-table.ts';

const SLASH = 0x2f;

/** Where paths are put together: one text is made of all parts, which takes a third of the time that one of each does. */
const scratch = Buffer.alloc(PATH_BYTES_MAX);
/** The names of the folders above a file, the innermost first: each has a byte at least. */
const above = new Uint32Array(PATH_BYTES_MAX);

type Tree = {
  readonly files: NameTable;
  readonly folders: NameTable;
  readonly folderNames: Uint32Array;
  readonly folderParents: Uint32Array;
};

/** Takes a name of a path as UTF-8, which is good until it returns. The last is the file’s; a `/` is behind each of the others. */
export type NameVisitor = (bytes: Uint8Array, from: number, to: number, isLast: boolean) => void;

/** Tells the names of a path, that of the folder at the top first. */
export function visitNames(tree: Tree, folder: number, fileName: number, visit: NameVisitor): void {
  const { folderNames, folderParents } = tree;
  let depth = 0;
  for (let at = folder; ; at = folderParents[at] ?? at) {
    const name = folderNames[at] ?? NO_NAME;
    if (name === NO_NAME) break;
    above[depth] = name;
    depth += 1;
  }
  const folders = tree.folders.names;
  while (depth > 0) {
    depth -= 1;
    folders.find(above[depth] ?? 0);
    visit(folders.window, folders.at, folders.end, false);
  }
  const files = tree.files.names;
  files.find(fileName);
  visit(files.window, files.at, files.end, true);
}

/** The path of a file in a folder. */
export function pathText(tree: Tree, folder: number, fileName: number): string {
  used = 0;
  visitNames(tree, folder, fileName, putName);
  return textOfBytes(scratch, 0, used);
}

let used = 0;

function putName(bytes: Uint8Array, from: number, to: number, isLast: boolean): void {
  let end = used;
  for (let at = from; at < to; at += 1) {
    scratch[end] = bytes[at] ?? 0;
    end += 1;
  }
  if (!isLast) scratch[end++] = SLASH;
  used = end;
}
