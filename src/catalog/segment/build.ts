import { fold } from '../../domain/fold.ts';
import { compareText } from '../../domain/text-order.ts';
import { createColumnWriter, createContentWriter, finishSegment, type TableSections } from './columns.ts';
import { CONTENT_BYTES, putContent } from './content-record.ts';
import { walkTree, type ListedFile, type ListedFolder } from './list-tree.ts';
import { createNameTableWriter, NO_NAME } from './name-table.ts';
import { createSegmentWriter, type SegmentWriter } from './segment-file.ts';
import { createTrigramLists } from './trigram-lists.ts';

/** A list that is to become part of a segment. */
export type ListToBuild = { readonly peer: number; readonly list: number; readonly top: ListedFolder };

/** What a walk through a list met: a file, the name of a folder that begins, or `undefined` where one ends. */
type Step = ListedFile | string | undefined;

/**
 * Makes a segment of lists that are in memory.
 *
 * @param write takes the segment's bytes, piece by piece; a piece is used again when it returns
 */
export function buildSegment(lists: readonly ListToBuild[], write: (chunk: Uint8Array) => void): void {
  const segment = createSegmentWriter(write);
  const walks = lists.map((list) => ({ ...list, steps: stepsThrough(list.top) }));
  const steps = walks.flatMap((walk) => walk.steps);
  const files = writeNames(segment, 'file', distinct(steps, fileNameOf));
  const folders = writeNames(segment, 'folder', distinct(steps, folderNameOf));

  const columns = createColumnWriter({
    entries: steps.length,
    folders: steps.length + lists.length,
    lists: lists.length,
  });
  const contents = createContentWriter(segment, steps.length);
  const record = Buffer.alloc(CONTENT_BYTES);
  for (const walk of walks) {
    columns.beginList(walk.peer, walk.list);
    columns.openFolder(NO_NAME);
    for (const step of walk.steps) {
      if (step === undefined) columns.closeFolder();
      else if (typeof step === 'string') columns.openFolder(folders.idOf(step));
      else {
        columns.addEntry(files.idOf(step.name));
        putContent(record, 0, step.entry);
        contents.add(record, 0);
      }
    }
    columns.closeFolder();
  }
  finishSegment(segment, columns.finish(), contents.finish(), { file: files.sections, folder: folders.sections });
}

function stepsThrough(top: ListedFolder): Step[] {
  const steps: Step[] = [];
  walkTree(top, {
    openFolder: (name) => steps.push(name),
    closeFolder: () => steps.push(undefined),
    file: (file) => steps.push(file),
    repeated: () => undefined,
  });
  return steps;
}

function fileNameOf(step: Step): string | undefined {
  return typeof step === 'object' ? step.name : undefined;
}

function folderNameOf(step: Step): string | undefined {
  return typeof step === 'string' ? step : undefined;
}

function distinct(steps: readonly Step[], nameOf: (step: Step) => string | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const step of steps) {
    const name = nameOf(step);
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** Writes a table's names and trigrams. */
function writeNames(
  segment: SegmentWriter,
  prefix: string,
  names: Iterable<string>,
): { readonly sections: TableSections; readonly idOf: (name: string) => number } {
  const sorted = Array.from(names, (name) => ({ name, folded: fold(name) })).sort(
    (a, b) => a.folded.length - b.folded.length || compareText(a.name, b.name),
  );
  const table = createNameTableWriter(segment, prefix);
  const trigrams = createTrigramLists();
  const ids = new Map<string, number>();
  for (const { name, folded } of sorted) {
    const bytes = Buffer.from(name, 'utf8');
    const id = table.add(bytes, 0, bytes.length, folded.length);
    trigrams.add(id, folded);
    ids.set(name, id);
  }
  const sections = { ...table.finish(), ...trigrams.write(segment, prefix) };
  return { sections, idOf: (name) => ids.get(name) ?? NO_NAME };
}
