import type { BigIntStats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { toSwapmeetError } from '../../domain/errors.ts';
import { baseName, hasControlCharacters } from '../../domain/share-path.ts';
import { errnoOf, throwUnlessOutOfReach } from '../../storage/errno.ts';
import type { IsExcluded } from './filter/share-filter.ts';
import type { FileStamp } from './hashing/file-stamp.ts';
import { identityOf } from './look.ts';
import { placeIn, type Place } from './place.ts';

export type FoundFolder = { readonly kind: 'folder'; readonly place: Place; readonly identity: string };

/** What may be shared of a folder's content. */
export type FoundItem = { readonly kind: 'file'; readonly place: Place; readonly stamp: FileStamp } | FoundFolder;

/** Hears of something that is left out though a person may expect it to be shared. */
export type OnSkipped = (disk: string, why: string) => void;

/** So many names are looked up at once, and noted in one transaction: a few milliseconds of the event loop each. */
const BATCH_NAMES = 256;

/**
 * What lies in a folder, in batches: files and folders with names that may be published and that are not excluded, without
 * files that no peer could keep. Links and special files are not followed. Throws errno errors of the folder itself; what is in it
 * but out of reach is skipped.
 */
export async function* listFolder(
  folder: Place,
  isExcluded: IsExcluded,
  onSkipped: OnSkipped,
): AsyncGenerator<FoundItem[], void, undefined> {
  for await (const names of namesIn(folder.disk)) {
    const items = await Promise.all(names.map((name) => look(folder, name, onSkipped)));
    yield items.flatMap((item) =>
      item && !isExcluded(item.place.path, item.kind) && canBeKept(item, onSkipped) ? [item] : [],
    );
  }
}

async function* namesIn(folder: string): AsyncGenerator<string[], void, undefined> {
  let names: string[] = [];
  for await (const { name } of await opendir(folder, { bufferSize: BATCH_NAMES })) {
    names.push(name);
    if (names.length < BATCH_NAMES) continue;
    yield names;
    names = [];
  }
  if (names.length > 0) yield names;
}

async function look(folder: Place, name: string, onSkipped: OnSkipped): Promise<FoundItem | undefined> {
  const place = tryPlace(folder, name, onSkipped);
  const stats = place && (await statsOf(place.disk, onSkipped));
  if (!stats) return undefined;
  if (stats.isDirectory()) return { kind: 'folder', place, identity: identityOf(stats) };
  if (!stats.isFile()) return undefined;
  return { kind: 'file', place, stamp: { sizeBytes: Number(stats.size), mtimeNs: stats.mtimeNs, inode: stats.ino } };
}

function tryPlace(folder: Place, name: string, onSkipped: OnSkipped): Place | undefined {
  try {
    return placeIn(folder, name);
  } catch (error) {
    const { code, message } = toSwapmeetError(error);
    if (code !== 'bad-path') throw error;
    onSkipped(`${folder.disk}/${name}`, message);
    return undefined;
  }
}

/** Of a path it is the last part alone by which a peer keeps one file: those in a folder with a bad name can be had one by one. */
function canBeKept({ kind, place }: FoundItem, onSkipped: OnSkipped): boolean {
  if (kind === 'folder' || !hasControlCharacters(baseName(place.path))) return true;
  onSkipped(place.disk, 'its name has control characters, and no peer takes one that has: rename it');
  return false;
}

async function statsOf(disk: string, onSkipped: OnSkipped): Promise<BigIntStats | undefined> {
  try {
    return await lstat(disk, { bigint: true });
  } catch (error) {
    throwUnlessOutOfReach(error);
    // Node puts U+FFFD where a name is no UTF-8; under that name there is nothing.
    if (errnoOf(error) !== 'ENOENT') onSkipped(disk, 'it cannot be looked at');
    else if (disk.includes('\uFFFD')) onSkipped(disk, 'its name is not UTF-8');
    return undefined;
  }
}
