import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SwapmeetError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../storage/errno.ts';

/** Makes the folders below a target, and remembers which it made or found. */
export type FolderMaker = {
  /** @throws SwapmeetError `name-conflict` where something else has the name; the system's error */
  make(target: string, segments: readonly string[]): string;
  /** Looks at the disk again. */
  forget(): void;
};

export function createFolderMaker(): FolderMaker {
  const known = new Set<string>();

  function makeOne(path: string): void {
    if (known.has(path)) return;
    try {
      mkdirSync(path);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      // A link might lead anywhere: only a folder itself is one.
      if (!lstatSync(path).isDirectory()) {
        throw new SwapmeetError('name-conflict', `${path} is no folder: move it away, or choose another folder`);
      }
    }
    known.add(path);
  }

  return {
    make(target, segments) {
      let path = target;
      makeOne(path);
      for (const segment of segments) {
        path = join(path, segment);
        makeOne(path);
      }
      return path;
    },
    forget: () => {
      known.clear();
    },
  };
}
