import { compareBytes, type NameTable } from './name-table.ts';
import { filesEnd, type Segment } from './segment.ts';

/** The names that a path consists of, as they are looked for. */
export function namesOfPath(path: string): readonly Uint8Array[] {
  return path === '' ? [] : path.split('/').map((name) => Buffer.from(name, 'utf8'));
}

/** The first file of a folder whose name is not below the given one, or where the folder's files end. */
export function fileAtLeast(segment: Segment, folder: number, name: Uint8Array): number {
  let low = segment.folderEntries[folder] ?? 0;
  let high = filesEnd(segment, folder);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareName(segment.files, segment.entryNames[middle] ?? 0, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first folder in a folder whose name is not below the given one, or where that folder ends. */
export function folderAtLeast(segment: Segment, folder: number, name: Uint8Array): number {
  let low = folder + 1;
  let high = segment.folderEnds[folder] ?? 0;
  // First it looks near, in growing steps: a folder in the middle may lie thousands of folders deep.
  for (let step = 0; low < high; step = 2 * step + 1) {
    const child = childAbove(segment, folder, Math.min(low + step, (low + high) >>> 1));
    const order = compareName(segment.folders, segment.folderNames[child] ?? 0, name);
    if (order === 0) return child;
    if (order < 0) low = segment.folderEnds[child] ?? high;
    else high = child;
  }
  return low;
}

/** The file of a folder that has the name. */
export function fileNamed(segment: Segment, folder: number, name: Uint8Array): number | undefined {
  const entry = fileAtLeast(segment, folder, name);
  if (entry >= filesEnd(segment, folder)) return undefined;
  return compareName(segment.files, segment.entryNames[entry] ?? 0, name) === 0 ? entry : undefined;
}

/** The folder that is reached from another by going down through the names. */
export function folderBelow(segment: Segment, top: number, names: readonly Uint8Array[]): number | undefined {
  let folder = top;
  for (const name of names) {
    const child = folderAtLeast(segment, folder, name);
    if (child >= (segment.folderEnds[folder] ?? 0)) return undefined;
    if (compareName(segment.folders, segment.folderNames[child] ?? 0, name) !== 0) return undefined;
    folder = child;
  }
  return folder;
}

/** The folder right in `folder` that the one below it lies in, or is. */
function childAbove({ folderParents }: Segment, folder: number, below: number): number {
  let child = below;
  for (let parent = folderParents[child] ?? folder; parent > folder; parent = folderParents[child] ?? folder) {
    child = parent;
  }
  return child;
}

function compareName({ names }: NameTable, id: number, name: Uint8Array): number {
  names.find(id);
  return compareBytes(names.window, names.at, names.end, name, 0, name.length);
}
