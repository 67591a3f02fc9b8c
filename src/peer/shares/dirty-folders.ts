import { rootOf, type Place } from './place.ts';
import { createWake } from '../wake.ts';

/** A folder in which something may have changed. */
export type DirtyFolder = {
  readonly place: Place;
  /** Names in it, as they are published, that may stand for something else now: if they are folders, for all in them too. */
  readonly renamed: ReadonlySet<string>;
  /** Whether everything below it may have changed. */
  readonly isWhole: boolean;
};

export type DirtyFolders = {
  /** `renamed`: a name in it, as it is published, that may stand for something else now. */
  readonly mark: (place: Place, renamed?: string) => void;
  readonly markWhole: (place: Place) => void;
  /** Resolves with what is dirty once it has calmed down, parents before children; from there on it counts as clean. */
  readonly next: (signal: AbortSignal) => Promise<DirtyFolder[]>;
};

const QUIET_MS = 150;
const DELAY_MS_MAX = 1_000;

/** Above that many, events get lost in the system too, and looking at a whole share costs less. */
const FOLDERS_MAX = 1_000;

export function createDirtyFolders(): DirtyFolders {
  const folders = new Map<string, { place: Place; renamed: Set<string>; isWhole: boolean }>();
  const wake = createWake();
  let firstMs = 0;
  let lastMs = 0;

  function folderAt(place: Place) {
    lastMs = performance.now();
    if (folders.size === 0) firstMs = lastMs;
    const folder = folders.get(place.path) ?? { place, renamed: new Set(), isWhole: false };
    folders.set(place.path, folder);
    wake.wake();
    return folder;
  }

  function markWhole(place: Place): void {
    folderAt(place).isWhole = true;
    for (const path of folders.keys()) {
      if (path.startsWith(`${place.path}/`)) folders.delete(path);
    }
  }

  return {
    mark(place, renamed) {
      const root = rootOf(place.share);
      if (folders.get(root.path)?.isWhole === true) return;
      if (folders.size >= FOLDERS_MAX) {
        markWhole(root);
        return;
      }
      const folder = folderAt(place);
      if (renamed !== undefined) folder.renamed.add(renamed);
    },
    markWhole,
    async next(signal) {
      while (folders.size === 0) await wake.wait(undefined, signal);
      for (let waitMs = QUIET_MS; waitMs > 0;) {
        await wake.wait(waitMs, signal);
        waitMs = Math.min(lastMs + QUIET_MS, firstMs + DELAY_MS_MAX) - performance.now();
      }
      const dirty = [...folders.values()].sort((a, b) => a.place.path.length - b.place.path.length);
      folders.clear();
      return dirty;
    },
  };
}
