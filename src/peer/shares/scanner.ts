import { setImmediate as breathe } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toSwapmeetError } from '../../domain/errors.ts';
import { baseName, hasControlCharacters } from '../../domain/share-path.ts';
import { isDataFolder, isOfDataFolder } from '../../storage/data-folder.ts';
import { errnoOf, throwUnlessOutOfReach } from '../../storage/errno.ts';
import type { DirtyFolder } from './dirty-folders.ts';
import type { ShareFilter } from './filter/share-filter.ts';
import type { FolderWatcher } from './folder-watcher.ts';
import { listFolder, type FoundFolder, type FoundItem, type OnSkipped } from './list-folder.ts';
import { lookAtFolder, type ShareLook } from './look.ts';
import { diskOf, keptDisk, rootOf, type Place } from './place.ts';
import { restedAtMs } from './rest.ts';
import type { ShareDefinition } from './share-definitions.ts';
import { fileRange, rangeBelow, type FoundFiles, type PathRange } from './store/found-files.ts';

/** Brings what is known of one share's files into line with what is on disk. */
export type Scanner = {
  /** Looks at everything; where the share's folder can't be read, none of its files are published. */
  readonly walk: (look: ShareLook) => Promise<void>;
  /** Looks at what lies in a folder, and at what lies deeper as far as it may have changed. */
  readonly rescan: (dirty: DirtyFolder) => Promise<void>;
};

export type ScannerOptions = {
  readonly share: ShareDefinition;
  readonly found: FoundFiles;
  readonly watcher: FolderWatcher;
  readonly filter: ShareFilter;
  readonly now: () => number;
  readonly log: Logger;
  /** Ends walks; they reject with its reason. */
  readonly signal: AbortSignal;
  readonly onListChanged: () => void;
  /** To await before the database is written. */
  readonly room: () => Promise<void>;
  /** There may be files to hash. */
  readonly onFound: () => void;
};

/** After so many steps that take microseconds each the event loop gets its turn. */
const STEPS_PER_BREATH = 500;

/** What a folder holds now, by path. */
type Seen = Map<string, FoundItem['kind']>;

export function createScanner(options: ScannerOptions): Scanner {
  const { share, found, watcher, filter, now, log, signal } = options;
  const warnOnce = createOnceLog(log);
  const onSkipped: OnSkipped = (disk, why) => {
    warnOnce(disk, `not shared: ${why}`);
  };

  async function walk(look: ShareLook): Promise<void> {
    if ('fault' in look) await removeFolder(rootOf(share), found.lastId());
    else await walkBelow([{ kind: 'folder', place: rootOf(share), identity: look.identity }]);
  }

  async function rescan({ place, renamed, isWhole }: DirtyFolder): Promise<void> {
    const idMax = found.lastId();
    const isExcluded = filter.within(place.path)(place.path, 'folder');
    const identity = isExcluded ? undefined : await lookAtFolder(place);
    if (identity === undefined) {
      // Of the share's own folder only a walk decides, which keeps in mind what it met.
      if (place.disk !== share.folder) await removeFolder(place, idMax);
      return;
    }
    const folder = { kind: 'folder', place, identity } as const;
    if (isWhole) await walkBelow([folder]);
    else await walkBelow((await scanFolder(folder)).filter((child) => renamed.has(baseName(child.place.path))));
  }

  async function walkBelow(folders: readonly FoundFolder[]): Promise<void> {
    const stack = folders.toReversed();
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      for (const child of (await scanFolder(folder)).reverse()) stack.push(child);
    }
  }

  /** Looks at what lies in a folder; returns the folders in it. */
  async function scanFolder({ place, identity }: FoundFolder): Promise<FoundFolder[]> {
    const idMax = found.lastId();
    const seen: Seen = new Map();
    const folders: FoundFolder[] = [];
    watcher.watch(place.disk, identity);
    if (hasControlCharacters(baseName(place.path))) warnOnce(place.disk, BAD_FOLDER_NAME);
    if (!(await readRules(place))) return [];
    try {
      for await (const items of listFolder(place, filter.within(place.path), onSkipped)) {
        signal.throwIfAborted();
        if (await holdsKey(place, items)) {
          onSkipped(place.disk, 'it holds the private key of a peer or server');
          await removeFolder(place, found.lastId());
          return [];
        }
        await options.room();
        take(items, seen, folders);
      }
    } catch (error) {
      throwUnlessOutOfReach(error);
      if (errnoOf(error) !== 'ENOENT') onSkipped(place.disk, 'it cannot be read');
      await removeFolder(place, idMax);
      return [];
    }
    await removeUnseen(place, seen, idMax);
    return folders;
  }

  /** Without the rules that somebody wrote for the folder, nothing of it is shared. */
  async function readRules(place: Place): Promise<boolean> {
    try {
      await filter.read(place);
      return true;
    } catch (error) {
      onSkipped(place.disk, toSwapmeetError(error).message);
      await remove(rangeBelow(place.path), found.lastId());
      return false;
    }
  }

  function take(items: readonly FoundItem[], seen: Seen, folders: FoundFolder[]): void {
    const files = [];
    for (const item of items) {
      if (seen.has(item.place.path)) {
        onSkipped(item.place.disk, 'another file there has the same name but for the form of its accents');
      } else if (item.kind === 'file') {
        const { place, stamp } = item;
        files.push({ path: place.path, disk: keptDisk(place), stamp, dueMs: restedAtMs(stamp, now()) });
      } else {
        folders.push(item);
      }
      seen.set(item.place.path, item.kind);
    }
    if (found.note(files)) options.onListChanged();
    options.onFound();
  }

  /** Takes out what was known in a folder before it was listed and was not seen there. */
  async function removeUnseen(folder: Place, seen: Seen, idMax: number): Promise<void> {
    let steps = 0;
    for (const { path, isFolder } of found.childrenOf(folder.path, idMax)) {
      const seenAs = seen.get(path);
      if (isFolder && seenAs !== 'folder') await removeFolder({ share, path, disk: diskOf(share, path, null) }, idMax);
      if (!isFolder && seenAs !== 'file') await remove(fileRange(path), idMax);
      steps += 1;
      if (steps % STEPS_PER_BREATH === 0) await breathe(undefined, { signal });
    }
  }

  async function removeFolder(folder: Place, idMax: number): Promise<void> {
    watcher.unwatch(folder.disk);
    await remove(rangeBelow(folder.path), idMax);
  }

  async function remove(range: PathRange, idMax: number): Promise<void> {
    for (let isMore = true; isMore;) {
      const marked = found.markMissing(range, idMax, now());
      if (marked.listChanged) options.onListChanged();
      isMore = marked.isMore;
      if (isMore) await breathe(undefined, { signal });
      await options.room();
    }
  }

  return { walk, rescan };
}

/** Whether a folder is a data folder, asked once something of it is found: so its key is never noted before it is known as one. */
async function holdsKey({ disk }: Place, items: readonly FoundItem[]): Promise<boolean> {
  return items.some(({ place }) => isOfDataFolder(baseName(place.path))) && (await isDataFolder(disk));
}

const BAD_FOLDER_NAME =
  'the name of this folder has control characters: no peer can download it as a whole, but only its files one by one; rename it';

const LOGGED_MAX = 1_000;

/** Logs what is to be said of a file or folder, once each, although every walk meets it again. */
function createOnceLog(log: Logger): (disk: string, sentence: string) => void {
  const logged = new Set<string>();
  return (disk, sentence) => {
    if (logged.has(disk) || logged.size >= LOGGED_MAX) return;
    logged.add(disk);
    log.warn({ path: disk }, sentence);
  };
}
