import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { CONTENT_BYTES, putContent } from './content-record.ts';
import { NO_NAME } from './name-table.ts';
import { createNameSet, type NameSet } from './name-set.ts';
import { createPairSet, type PairSet } from './pair-set.ts';
import { keepCompiled } from './keep-compiled.ts';

/** A list in memory: the tree that its paths make, in the order in which they came, as numbers instead of objects. */
export type ListTree = {
  readonly fileNames: NameSet;
  readonly folderNames: NameSet;
  /** By folder: the folder that it lies in, and its name; `TOP` is the first. */
  readonly folders: PairSet;
  /** The same by file. A path has one file, the one that came last. */
  readonly files: PairSet;
  /** By file: the record of its content. */
  contents: Buffer;
  /** The line, from 1, of the first file whose path an earlier one has. */
  repeatedLine: number | undefined;
  /** Adds a file that came in a line. @throws SwapmeetError `bad-line`, for a list that is nearly all folders */
  add(entry: Entry, line: number): void;
  /** The same of a path as UTF-8. Returns where in `contents` the record goes. */
  addPath(bytes: Uint8Array, from: number, to: number, line: number): number;
};

/** The folder that all others of a list lie in. */
export const TOP = 0;

/** A few long paths would make more folders than there is memory: so many any list may have, and so many more for each file. */
const FOLDERS_MAX = 50_000;
const FOLDERS_PER_FILE = 4;

const SLASH = 0x2f;
const FILES_MIN = 64;

export function createListTree(): ListTree {
  const fileNames = createNameSet();
  const folderNames = createNameSet();
  const folders = createPairSet();
  const files = createPairSet();
  // The top lies in no folder, and nobody asks for its name.
  folders.add(NO_NAME, 0);
  // Lists mostly come folder by folder.
  let lastFolder = TOP;
  let lastPath = Buffer.alloc(0);

  function isLast(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from !== lastPath.length) return false;
    for (let at = 0; at < lastPath.length; at += 1) if (bytes[from + at] !== lastPath[at]) return false;
    return true;
  }

  function folderAt(bytes: Uint8Array, from: number, to: number): number {
    if (isLast(bytes, from, to)) return lastFolder;
    lastPath = Buffer.from(bytes.subarray(from, to));
    lastFolder = TOP;
    for (let start = from; start < to;) {
      let end = start;
      while (end < to && bytes[end] !== SLASH) end += 1;
      lastFolder = folders.add(lastFolder, folderNames.add(bytes, start, end));
      start = end + 1;
    }
    if (folders.count > FOLDERS_MAX + FOLDERS_PER_FILE * files.count) {
      throw new SwapmeetError('bad-line', 'the list has far more folders than files');
    }
    return lastFolder;
  }

  const tree: ListTree = {
    fileNames,
    folderNames,
    folders,
    files,
    contents: Buffer.alloc(FILES_MIN * CONTENT_BYTES),
    repeatedLine: undefined,
    add: (entry, line) => {
      const path = Buffer.from(entry.path, 'utf8');
      const at = tree.addPath(path, 0, path.length, line);
      putContent(tree.contents, at, entry);
    },
    addPath: (bytes, from, to, line) => {
      let name = to;
      while (name > from && bytes[name - 1] !== SLASH) name -= 1;
      const folder = folderAt(bytes, from, Math.max(from, name - 1));
      const before = files.count;
      const file = files.add(folder, fileNames.add(bytes, name, to));
      if (file < before) tree.repeatedLine ??= line;
      const at = file * CONTENT_BYTES;
      if (at + CONTENT_BYTES > tree.contents.length) tree.contents = doubled(tree.contents);
      return at;
    },
  };
  return tree;
}

function doubled(bytes: Buffer): Buffer {
  const larger = Buffer.alloc(bytes.length * 2);
  bytes.copy(larger);
  return larger;
}

keepCompiled(createListTree());
