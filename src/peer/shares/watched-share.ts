import type { DirtyFolders } from './dirty-folders.ts';
import { RULES_FILE } from './filter/folder-rules.ts';
import { createFolderWatcher, type FolderChange } from './folder-watcher.ts';
import { placeOf, publishedName } from './place.ts';
import { createScanner, type Scanner, type ScannerOptions } from './scanner.ts';
import type { ShareDefinition } from './share-definitions.ts';

/** A share with what keeps its part of the index in line with the disk. */
export type WatchedShare = {
  readonly share: ShareDefinition;
  readonly scanner: Scanner;
  /** Whether the system tells of all changes. */
  readonly isWatched: () => boolean;
  /** Ends the watch. */
  readonly close: () => void;
};

/** A share whose folders, once they are scanned, are marked as dirty when something happens in them. */
export function createWatchedShare(options: Omit<ScannerOptions, 'watcher'>, dirty: DirtyFolders): WatchedShare {
  const { share, filter, log } = options;
  let isWatched = true;

  function onChange({ folder, name, isRenamed }: FolderChange): void {
    const place = placeOf(share, folder);
    if (!place) return;
    if (name === undefined || name === RULES_FILE) {
      dirty.markWhole(place);
      return;
    }
    const path = `${place.path}/${publishedName(name)}`;
    const isExcluded = filter.within(place.path);
    // Nobody knows whether it is a file or a folder.
    if (isExcluded(path, 'file') && isExcluded(path, 'folder')) return;
    dirty.mark(place, isRenamed ? publishedName(name) : undefined);
  }

  function onGivenUp(error: unknown): void {
    isWatched = false;
    log.warn(
      { err: error, share: share.label },
      'the system can’t tell of all changes in the share: they are found by looking through it every few minutes ' +
        '(on Linux, raise fs.inotify.max_user_watches and start the peer anew)',
    );
  }

  const watcher = createFolderWatcher({ root: share.folder, onChange, onGivenUp });
  return {
    share,
    scanner: createScanner({ ...options, watcher }),
    isWatched: () => isWatched,
    close: watcher.close,
  };
}
