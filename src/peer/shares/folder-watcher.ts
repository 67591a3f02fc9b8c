import { watch, type FSWatcher } from 'node:fs';
import { dirname, basename, join, sep } from 'node:path';
import { errnoOf } from '../../storage/errno.ts';

/** Something happened in a folder. It says where to look, not what there is. */
export type FolderChange = {
  /** Absolute. */
  readonly folder: string;
  /** What in it; undefined when the system doesn't know (any more). */
  readonly name: string | undefined;
  /** Whether the name may now stand for something else: created, removed or renamed. */
  readonly isRenamed: boolean;
};

/** The watch over one share's folders. */
export type FolderWatcher = {
  /** Begins to watch a folder, before it is listed: so nothing can happen in between. `identity` tells it from another of that name. */
  readonly watch: (folder: string, identity: string) => void;
  /** Ends the watch of a folder and all below it. */
  readonly unwatch: (folder: string) => void;
  readonly close: () => void;
};

type WatcherOptions = {
  /** The share's folder, absolute. */
  readonly root: string;
  readonly onChange: (change: FolderChange) => void;
  /** The system can't watch (all of) the share; called once. */
  readonly onGivenUp: (error: unknown) => void;
  /** Whether one watch covers a whole tree; what the system offers when absent. */
  readonly isRecursive?: boolean;
};

/**
 * Watches with `fs.watch`: one native recursive watch on macOS and Windows, and one inotify watch a folder elsewhere, set
 * by the scanner as it goes. Neither knows any files, so memory grows with the folders only.
 */
export function createFolderWatcher(options: WatcherOptions): FolderWatcher {
  const { isRecursive = process.platform === 'darwin' || process.platform === 'win32' } = options;
  const watches = new Map<string, { readonly identity: string; readonly watcher: FSWatcher }>();
  let isGivenUp = false;

  function giveUp(error: unknown): void {
    if (!isGivenUp) options.onGivenUp(error);
    isGivenUp = true;
  }

  function open(folder: string, identity: string): void {
    const watcher = watch(folder, { persistent: false, recursive: isRecursive }, (event, filename) => {
      options.onChange(changeOf(folder, filename, event === 'rename'));
    });
    watcher.on('error', () => {
      // Windows says so when a watched folder is removed.
      close(folder);
      options.onChange({ folder, name: undefined, isRenamed: false });
    });
    watches.set(folder, { identity, watcher });
  }

  function close(folder: string): void {
    watches.get(folder)?.watcher.close();
    watches.delete(folder);
  }

  return {
    watch(folder, identity) {
      if (isGivenUp || (isRecursive && folder !== options.root) || watches.get(folder)?.identity === identity) return;
      close(folder);
      try {
        open(folder, identity);
      } catch (error) {
        if (!UNWATCHABLE.has(errnoOf(error) ?? '')) giveUp(error);
      }
    },
    unwatch(folder) {
      for (const watched of watches.keys()) {
        if (watched === folder || watched.startsWith(folder + sep)) close(watched);
      }
    },
    close() {
      for (const { watcher } of watches.values()) watcher.close();
      watches.clear();
    },
  };
}

/** Faults of the one folder, which its listing will meet too. */
const UNWATCHABLE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

function changeOf(watched: string, filename: string | null, isRenamed: boolean): FolderChange {
  if (filename === null) return { folder: watched, name: undefined, isRenamed };
  const changed = join(watched, filename);
  return { folder: dirname(changed), name: basename(changed), isRenamed };
}
