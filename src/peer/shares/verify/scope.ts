import { isAbsolute } from 'node:path';
import { SwapmeetError } from '../../../domain/errors.ts';
import { labelOf, placeOf } from '../place.ts';
import type { ShareDefinition } from '../share-definitions.ts';
import type { PathRange } from '../store/found-files.ts';

/** What is verified: parts of the tree, and a name by which an interrupted run is found again. */
export type Scope = { readonly name: string; readonly ranges: readonly PathRange[] };

/**
 * What a person names: shares by label, files and folders as they are published or, absolute, as they are on disk; nothing
 * named is all.
 *
 * @throws SwapmeetError `not-found` for what lies in no share
 */
export function scopeOf(shares: readonly ShareDefinition[], names: readonly string[]): Scope {
  if (names.length === 0) return scopeOfPaths(shares.map(({ label }) => label));
  return scopeOfPaths(names.map((name) => pathOf(shares, name)));
}

function scopeOfPaths(paths: readonly string[]): Scope {
  const named = new Set(paths);
  const outermost = [...named].filter((path) => !isBelow(path, named)).toSorted();
  // A file, and what is below a folder: nothing else lies in between, but for names that go on below the slash.
  const ranges = outermost.flatMap((path) => [
    { from: path, to: `${path}\0` },
    { from: `${path}/`, to: `${path}0` },
  ]);
  return { name: outermost.join('\n'), ranges };
}

/** Whether one of these folders has it, at any depth. */
function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (folders.has(path.slice(0, slash))) return true;
  }
  return false;
}

function pathOf(shares: readonly ShareDefinition[], name: string): string {
  const path = isAbsolute(name) ? placeOnDisk(shares, name) : name.replace(/(?<=[^/])\/+$/, '');
  if (path !== undefined && shares.some(({ label }) => label === path || label === labelOf(path))) return path;
  throw new SwapmeetError('not-found', `${name} is in no share of this peer: “swapmeet shares” lists them`);
}

function placeOnDisk(shares: readonly ShareDefinition[], disk: string): string | undefined {
  for (const share of shares) {
    const place = placeOf(share, disk);
    if (place) return place.path;
  }
  return undefined;
}
