import { hasBit } from '../segment/bits.ts';
import { filesInOrder, firstInOrder, foldersInOrder, type NameSequence } from '../segment/name-sequence.ts';
import { joinPath } from '../segment/segment.ts';
import type { Checkpoint } from '../query-pass.ts';
import { fileAtLeast, folderAtLeast } from '../segment/tree-seek.ts';
import type { LiveSegment } from './index-state.ts';
import { hasLiving, type FolderPart } from './list-parts.ts';

/** A living entry, and its name in its folder. */
export type NamedEntry = { readonly live: LiveSegment; readonly entry: number; readonly name: string };
/** A folder in which, or below which, something is alive. */
export type NamedFolder = { readonly name: string; readonly parts: readonly FolderPart[] };
/** A living entry and its path. */
export type WalkedEntry = { readonly live: LiveSegment; readonly entry: number; readonly path: string };

const FROM_START: Uint8Array = new Uint8Array(0);

/** The name that comes right after another: names have no NUL. */
export function nameAfter(name: string): Uint8Array {
  return Buffer.from(`${name}\0`, 'utf8');
}

/** The files of a folder in order of name, from a name on. */
export function* filesOf(parts: readonly FolderPart[], check: Checkpoint, from = FROM_START): Generator<NamedEntry> {
  const sequences = parts.map((part) => {
    const { segment, dead } = part.live;
    return filesInOrder(part, segment, part.folder, {
      isDead: (entry) => hasBit(dead, entry),
      from: fileAtLeast(segment, part.folder, from),
    });
  });
  for (const [first] of groupsOf(sequences, check)) {
    if (first !== undefined) yield { live: first.part.live, entry: first.place, name: nameOf(first) };
  }
}

/** The folders in a folder in order of name, from a name on. */
export function* foldersOf(parts: readonly FolderPart[], check: Checkpoint, from = FROM_START): Generator<NamedFolder> {
  const sequences = parts.map((part) =>
    foldersInOrder(part, part.live.segment, part.folder, folderAtLeast(part.live.segment, part.folder, from)),
  );
  for (const same of groupsOf(sequences, check)) {
    const [first] = same;
    const living = same.map(({ part, place }) => ({ ...part, folder: place })).filter(hasLiving);
    if (first !== undefined && living.length > 0) yield { name: nameOf(first), parts: living };
  }
}

/** Those that stand at one name, name by name. */
function* groupsOf<Part>(
  sequences: readonly NameSequence<Part>[],
  check: Checkpoint,
): Generator<readonly NameSequence<Part>[]> {
  for (let same = firstInOrder(sequences); same.length > 0; same = firstInOrder(sequences)) {
    check();
    yield same;
    for (const sequence of same) sequence.next();
  }
}

function nameOf<Part>(sequence: NameSequence<Part>): string {
  return sequence.names.textOf(sequence.nameId());
}

/** A folder that is being walked: what is still to come in it. */
type Level = { readonly path: string; readonly folders: Iterator<NamedFolder> };

/**
 * The living entries of a folder and all below it: its files by name, then its folders by name, each with all below it.
 *
 * @param path of the folder
 * @param after names of a path below it, whether it is there or not: the walk begins after the file that they lead to
 */
export function* walkBelow(
  top: readonly FolderPart[],
  path: string,
  check: Checkpoint,
  after: readonly string[] = [],
): Generator<WalkedEntry> {
  const levels: Level[] = [];
  let [parts, folder] = [top, path];
  // How many of the names led here, as long as the walk is on the way down to its beginning.
  let passed = 0;
  for (;;) {
    const name = after[passed];
    const isOnTheWay = passed < after.length - 1;
    // The files of a folder come before its folders, so those of a folder on the way come before the beginning.
    if (!isOnTheWay) yield* entriesIn(parts, folder, check, name);
    const from = isOnTheWay ? Buffer.from(name ?? '', 'utf8') : undefined;
    levels.push({ path: folder, folders: foldersOf(parts, check, from) });
    const depth = levels.length;
    const next = nextFolder(levels);
    if (next === undefined) return;
    passed = isOnTheWay && levels.length === depth && next.name === name ? passed + 1 : after.length;
    parts = next.parts;
    folder = joinPath(levels.at(-1)?.path ?? '', next.name);
  }
}

function* entriesIn(
  parts: readonly FolderPart[],
  folder: string,
  check: Checkpoint,
  after: string | undefined,
): Generator<WalkedEntry> {
  const from = after === undefined ? undefined : nameAfter(after);
  for (const { live, entry, name } of filesOf(parts, check, from)) {
    yield { live, entry, path: joinPath(folder, name) };
  }
}

/** The folder that comes next, in the innermost level that has one left; the levels that have none are over. */
function nextFolder(levels: Level[]): NamedFolder | undefined {
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const next = level.folders.next();
    if (next.done !== true) return next.value;
    levels.pop();
  }
  return undefined;
}
