import { SwapmeetError, type ErrorCode } from '../../../domain/errors.ts';
import { readFileList } from '../../../protocol/codecs/file-list.ts';
import { buildSegment } from '../../segment/build.ts';
import { CONTENT_BYTES, putContentInHex, sizeBytesAt } from '../../segment/content-record.ts';
import { createListTree, type ListTree } from '../../segment/list-tree.ts';
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
  const read = lists.map((list) => ({ list, ...readList(list) }));
  const good = read.flatMap((one) =>
    'tree' in one ? [{ peer: one.list.peer, list: one.list.list, tree: one.tree }] : [],
  );
  if (good.length > 0) {
    files.write(segment, (write) => {
      buildSegment(good, write);
    });
  }
  const stored = read.map((one) => ('tree' in one ? { segment, ...one.totals } : { refused: one.refused }));
  const entries = good.reduce((sum, { tree }) => sum + tree.files.count, 0);
  return { stored, entries };
}

type ReadList =
  { readonly tree: ListTree; readonly totals: ListTotals } | Extract<StoredList, { readonly refused: unknown }>;

/** @returns why it is refused, if it is: where two lines have one filename that is a fault, the first line that is one */
function readList({ fileList, isStrict }: ListToStore): ReadList {
  try {
    const tree = treeOf(fileList);
    const { repeatedLine } = tree;
    if (isStrict && repeatedLine !== undefined) {
      throw new SwapmeetError(
        'bad-line',
        `line ${repeatedLine} of the file list: an earlier line has the same filename`,
      );
    }
    return { tree, totals: totalsOf(tree) };
  } catch (error) {
    if (!(error instanceof SwapmeetError)) throw error;
    return { refused: { code: error.code, sentence: error.message } };
  }
}

function treeOf(fileList: Uint8Array): ListTree {
  const tree = createListTree();
  readFileList(fileList, {
    plain: (bytes, from, line, lineNumber) => {
      const at = tree.addPath(bytes, from, line.pathEnd, lineNumber);
      putContentInHex(tree.contents, at, bytes, line);
    },
    entry: (entry, lineNumber) => {
      tree.add(entry, lineNumber);
    },
  });
  return tree;
}

function totalsOf({ files, contents }: ListTree): ListTotals {
  let sizeBytes = 0;
  for (let file = 0; file < files.count; file += 1) {
    sizeBytes = addSizes(sizeBytes, sizeBytesAt(contents, file * CONTENT_BYTES));
  }
  return { files: files.count, sizeBytes };
}

/** What is claimed may add up to more than a number holds. */
export function addSizes(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
