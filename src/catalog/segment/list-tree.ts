import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { compareText } from '../../domain/text-order.ts';

/** A file of a list: its name, what it holds, and the number of the line that it came in, from 1. */
export type ListedFile = { readonly name: string; readonly entry: Entry; readonly line: number };

/** A folder of a list. */
export type ListedFolder = {
  readonly name: string;
  readonly files: ListedFile[];
  readonly folders: Map<string, ListedFolder>;
};

/** A few long paths would make more folders than there is memory: so many any list may have, and so many more for each file. */
const FOLDERS_MAX = 50_000;
const FOLDERS_PER_FILE = 4;

/** The tree that a list's paths make. @throws SwapmeetError `bad-line` from `add`, for a list that is nearly all folders */
export function createListTree(): { readonly top: ListedFolder; add(entry: Entry, line: number): void } {
  const top = newFolder('');
  const byPath = new Map<string, ListedFolder>([['', top]]);
  // Lists mostly come folder by folder.
  let lastPath = '';
  let last = top;

  let files = 0;

  function folderAt(path: string): ListedFolder {
    const known = byPath.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const parent = folderAt(slash === -1 ? '' : path.slice(0, slash));
    if (byPath.size > FOLDERS_MAX + FOLDERS_PER_FILE * files) {
      throw new SwapmeetError('bad-line', 'the list has far more folders than files');
    }
    const folder = newFolder(path.slice(slash + 1));
    parent.folders.set(folder.name, folder);
    byPath.set(path, folder);
    return folder;
  }

  return {
    top,
    add: (entry, line) => {
      const slash = entry.path.lastIndexOf('/');
      const folder = slash === -1 ? '' : entry.path.slice(0, slash);
      if (folder !== lastPath) {
        last = folderAt(folder);
        lastPath = folder;
      }
      files += 1;
      last.files.push({ name: entry.path.slice(slash + 1), entry, line });
    },
  };
}

function newFolder(name: string): ListedFolder {
  return { name, files: [], folders: new Map() };
}

/** What is told while a tree is walked, in the order of a segment. */
export type TreeVisitor = {
  openFolder(name: string): void;
  closeFolder(): void;
  file(file: ListedFile): void;
  /** Of files with one path the one that came last is told above; each of the others here, with the next. */
  repeated(earlier: ListedFile, later: ListedFile): void;
};

/** Walks a folder: its files by name, then its folders by name. */
export function walkTree(folder: ListedFolder, visitor: TreeVisitor): void {
  const files = folder.files.sort((a, b) => compareText(a.name, b.name) || a.line - b.line);
  for (const [at, file] of files.entries()) {
    const next = files[at + 1];
    if (next?.name === file.name) visitor.repeated(file, next);
    else visitor.file(file);
  }
  for (const child of [...folder.folders.values()].sort((a, b) => compareText(a.name, b.name))) {
    visitor.openFolder(child.name);
    walkTree(child, visitor);
    visitor.closeFolder();
  }
}
