import { join, relative, sep } from 'node:path';
import { toSwapmeetError } from '../../domain/errors.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import type { ShareDefinition } from './share-definitions.ts';

/** A file or folder in a share. */
export type Place = {
  readonly share: ShareDefinition;
  /** As it is published: `label/path/in/share.ext`. */
  readonly path: string;
  /** Absolute, as it is on disk. */
  readonly disk: string;
};

export function rootOf(share: ShareDefinition): Place {
  return { share, path: share.label, disk: share.folder };
}

/**
 * A name on disk as it is published. macOS hands out names decomposed that others know composed, and finds them either
 * way: so it is composed there (NFC), and only there, since elsewhere the two are two files.
 */
export function publishedName(name: string, platform: string = process.platform): string {
  return platform === 'darwin' ? name.normalize('NFC') : name;
}

/**
 * What lies in a folder under a name.
 *
 * @throws SwapmeetError `bad-path` when the name can't be published
 */
export function placeIn(folder: Place, name: string, platform?: string): Place {
  const path = checkSharePath(`${folder.path}/${publishedName(name, platform)}`);
  return { share: folder.share, path, disk: join(folder.disk, name) };
}

/** The place of something below a share's folder, or undefined when it can't be shared. */
export function placeOf(share: ShareDefinition, disk: string): Place | undefined {
  const inShare = relative(share.folder, disk);
  if (inShare === '') return rootOf(share);
  const names = inShare.split(sep);
  if (names[0] === '..') return undefined;
  try {
    return names.reduce((folder, name) => placeIn(folder, name), rootOf(share));
  } catch (error) {
    if (toSwapmeetError(error).code === 'bad-path') return undefined;
    throw error;
  }
}

/** What to keep beside the path to find the file again: where it is below the share's folder, if the path does not say it. */
export function keptDisk({ share, path, disk }: Place): string | undefined {
  return diskOf(share, path, null) === disk ? undefined : relative(share.folder, disk);
}

/** Where a kept file is: absolute. */
export function diskOf(share: ShareDefinition, path: string, kept: string | null): string {
  return join(share.folder, kept ?? path.slice(share.label.length + 1));
}

/** The label that a path begins with. */
export function labelOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}
