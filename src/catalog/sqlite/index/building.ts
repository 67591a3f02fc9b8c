import { SwapmeetError, type ErrorCode } from '../../../domain/errors.ts';
import { decodeFileList } from '../../../protocol/codecs/file-list.ts';
import { buildSegment } from '../../segment/build.ts';
import { createListTree, walkTree, type ListedFolder } from '../../segment/list-tree.ts';
import type { SegmentFiles } from './segment-files.ts';

/** A list that is to be stored. */
export type ListToStore = {
  readonly peer: number;
  readonly list: number;
  /** UTF-8 file lines. */
  readonly fileList: Uint8Array;
  /** Whether two lines of one filename are a fault. Where not, the later one counts. */
  readonly isStrict: boolean;
};

/** What a list adds up to. */
export type ListTotals = { readonly files: number; readonly sizeBytes: number };

/** What became of a list: in which segment it lies, and what it adds up to, or why it is refused. */
export type StoredList =
  | ({ readonly segment: number } & ListTotals)
  // An error loses its class on the way from one thread to another.
  | { readonly refused: { readonly code: ErrorCode; readonly sentence: string } };

/**
 * Stores lists in one segment, on the disk but in effect for nobody yet.
 *
 * @returns for each list what became of it, and the number of entries in the segment
 */
export function storeLists(
  files: SegmentFiles,
  segment: number,
  lists: readonly ListToStore[],
): { readonly stored: readonly StoredList[]; readonly entries: number } {
  const trees = lists.map(readList);
  const good = trees.flatMap((tree, at) => {
    const list = lists[at];
    return 'top' in tree && list !== undefined ? [{ peer: list.peer, list: list.list, top: tree.top }] : [];
  });
  if (good.length > 0) {
    files.write(segment, (write) => {
      buildSegment(good, write);
    });
  }
  const stored = trees.map((tree) => ('top' in tree ? { segment, ...tree.totals } : tree));
  const entries = trees.reduce((sum, tree) => sum + ('top' in tree ? tree.totals.files : 0), 0);
  return { stored, entries };
}

type ReadList =
  { readonly top: ListedFolder; readonly totals: ListTotals } | Extract<StoredList, { readonly refused: unknown }>;

function readList({ fileList, isStrict }: ListToStore): ReadList {
  try {
    const tree = createListTree();
    let line = 0;
    for (const entry of decodeFileList(fileList)) tree.add(entry, (line += 1));
    return { top: tree.top, totals: totalsOf(tree.top, isStrict) };
  } catch (error) {
    if (!(error instanceof SwapmeetError)) throw error;
    return { refused: { code: error.code, sentence: error.message } };
  }
}

/** @throws SwapmeetError `bad-line` for the first line whose filename an earlier one has, if that is a fault */
function totalsOf(top: ListedFolder, isStrict: boolean): ListTotals {
  let files = 0;
  let sizeBytes = 0;
  let repeated = Infinity;
  walkTree(top, {
    openFolder: () => undefined,
    closeFolder: () => undefined,
    file: ({ entry }) => {
      files += 1;
      sizeBytes = addSizes(sizeBytes, entry.sizeBytes);
    },
    repeated: (_earlier, later) => {
      repeated = Math.min(repeated, later.line);
    },
  });
  if (isStrict && repeated !== Infinity) {
    throw new SwapmeetError('bad-line', `line ${repeated} of the file list: an earlier line has the same filename`);
  }
  return { files, sizeBytes };
}

/** What is claimed may add up to more than a number holds. */
export function addSizes(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
