import { isAbsolute } from 'node:path';
import { SwapmeetError } from '../../../domain/errors.ts';
import { placeOf } from '../place.ts';
import type { ShareDefinition } from '../share-definitions.ts';
import { fileRange, rangeBelow, type PathRange } from '../store/found-files.ts';

/** What is verified: parts of the tree, and a name by which an interrupted run is found again. */
export type Scope = { readonly name: string; readonly ranges: readonly PathRange[] };

/** Of what there is. */
export type Shared = {
  readonly shares: readonly ShareDefinition[];
  /** Whether it has any file that can be verified. */
  readonly hasFiles: (range: PathRange) => boolean;
};

/**
 * What a person names: shares by label, files and folders as they are published or, absolute, as they are on disk; nothing
 * named is all. A share may be empty; of anything else nobody could tell whether it is mistyped.
 *
 * @throws SwapmeetError `not-found` for what lies in no share, or has no file there
 */
export function scopeOf(shared: Shared, names: readonly string[]): Scope {
  if (names.length === 0) return scopeOfPaths(shared.shares.map(({ label }) => label));
  return scopeOfPaths(names.map((name) => pathOf(shared, name)));
}

function scopeOfPaths(paths: readonly string[]): Scope {
  const named = new Set(paths);
  const outermost = [...named].filter((path) => !isBelow(path, named)).toSorted();
  return { name: outermost.join('\n'), ranges: outermost.flatMap(rangesOf) };
}

/** A file, and what is below a folder: nothing else lies in between, but for names that go on below the slash. */
function rangesOf(path: string): readonly PathRange[] {
  return [fileRange(path), rangeBelow(path)];
}

/** Whether one of these folders has it, at any depth. */
function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (folders.has(path.slice(0, slash))) return true;
  }
  return false;
}

function pathOf({ shares, hasFiles }: Shared, name: string): string {
  const path = isAbsolute(name) ? placeOnDisk(shares, name) : name.replace(/(?<=[^/])\/+$/, '');
  if (path === undefined || !shares.some(({ label }) => path === label || path.startsWith(`${label}/`)))
    throw new SwapmeetError('not-found', `${name} is in no share of this peer: “swapmeet shares” lists them`);
  if (shares.some(({ label }) => path === label) || rangesOf(path).some(hasFiles)) return path;
  throw new SwapmeetError(
    'not-found',
    `${name} names no file or folder that this peer shares now: “swapmeet browse” shows what is there, as it is to be named`,
  );
}

function placeOnDisk(shares: readonly ShareDefinition[], disk: string): string | undefined {
  for (const share of shares) {
    const place = placeOf(share, disk);
    if (place) return place.path;
  }
  return undefined;
}
